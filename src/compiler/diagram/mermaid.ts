/** A diagram in the language of Mermaid, which GitHub and others show in Markdown. */
import { type Box, type Diagram, drawnBySpeccc, type Part } from './diagram.js';

/** Of the box, and of its border. */
const colours: Readonly<Record<Box['look'], readonly [fill: string, stroke: string]>> = {
  convolution: ['#eff5ff', '#2563eb'],
  recurrent: ['#f1f1fe', '#4f46e5'],
  pooling: ['#fff1f1', '#dc2626'],
  dense: ['#f6f1ff', '#7c3aed'],
  activation: ['#fff8ea', '#d97706'],
  normalization: ['#ebfbf4', '#059669'],
  regularization: ['#fef0f7', '#db2777'],
  shape: ['#f3f5f8', '#64748b'],
  merge: ['#e9fafd', '#0891b2'],
  other: ['#f5f6f8', '#475569'],
  block: ['#f8fafc', '#334155'],
  input: ['#e5e7eb', '#1f2937'],
  output: ['#e5e7eb', '#1f2937'],
};

export function diagramMermaid({ title, parts, flows }: Diagram): string {
  const looks = [...new Set(parts.flatMap(looksIn))];
  return [
    `%% ${drawnBySpeccc}: ${title.replace(/[^\w .-]/g, '_')}`,
    'flowchart TB',
    ...parts.flatMap((part) => partLines(part, '  ')),
    ...flows.map(({ from, to, shape }) => `  ${from} -->|${quoted([shape])}| ${to}`),
    ...looks.map((look) => {
      const [fill, stroke] = colours[look];
      return `  classDef ${look} fill:${fill},stroke:${stroke},color:#1b1f24`;
    }),
    '',
  ].join('\n');
}

function looksIn(part: Part): readonly Box['look'][] {
  return part.kind === 'box' ? [part.look] : part.parts.flatMap(looksIn);
}

function partLines(part: Part, indent: string): readonly string[] {
  const heading = part.name === undefined ? part.title : `${part.title} ${part.name}`;
  if (part.kind === 'box') {
    const details = part.details.length === 0 ? [] : [part.details.join(', ')];
    const [open, close] = part.look === 'input' || part.look === 'output' ? ['([', '])'] : ['[', ']'];
    return [`${indent}${part.id}${open}${quoted([heading, ...details])}${close}:::${part.look}`];
  }
  return [
    `${indent}subgraph ${part.id}[${quoted([heading])}]`,
    ...part.parts.flatMap((child) => partLines(child, `${indent}  `)),
    `${indent}end`,
  ];
}

/**
 * Lines as one quoted text. Mermaid reads HTML and Markdown in it; whatever is not plain is written as the number of
 * its character. That goes for the dot after a digit too, which would begin a list.
 */
function quoted(lines: readonly string[]): string {
  const texts = lines.map((line) =>
    Array.from(line.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, ' '), (character, index) =>
      /[\w ×,()+/:=-]/.test(character) && !(index === 0 && character === '-')
        ? character
        : `#${character.codePointAt(0)};`,
    ).join(''),
  );
  return `"${texts.join('<br>')}"`;
}
