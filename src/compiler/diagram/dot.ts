/** A diagram in the language of Graphviz. */
import { type Box, type Diagram, drawnBySpeccc, type Part } from './diagram.js';

export function diagramDot({ title, subtitles, parts, flows }: Diagram): string {
  return [
    `// ${drawnBySpeccc}`,
    `digraph ${quoted(title)} {`,
    `  graph [label=${quoted([title, ...subtitles].join('\n'))}, labelloc=t, rankdir=TB, fontname="Helvetica"];`,
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=9, color=gray50];',
    ...parts.flatMap((part) => partLines(part, '  ')),
    ...flows.map(({ from, to, shape }) => `  ${from} -> ${to} [label=${quoted(shape)}];`),
    '}',
    '',
  ].join('\n');
}

/** Names of X11 colours, which Graphviz knows. */
const colours: Readonly<Record<Box['look'], string>> = {
  convolution: 'lightblue1',
  recurrent: 'lavender',
  pooling: 'mistyrose',
  dense: 'thistle1',
  activation: 'lemonchiffon',
  normalization: 'honeydew',
  regularization: 'lavenderblush',
  shape: 'gray95',
  merge: 'lightcyan',
  other: 'white',
  block: 'gray90',
  input: 'gray80',
  output: 'gray80',
};

function partLines(part: Part, indent: string): readonly string[] {
  if (part.kind === 'box') {
    const heading = part.name === undefined ? part.title : `${part.title}  ${part.name}`;
    const label = [heading, ...(part.details.length === 0 ? [] : [part.details.join(', ')])].join('\n');
    return [`${indent}${part.id} [label=${quoted(label)}, fillcolor=${colours[part.look]}];`];
  }
  const inner = `${indent}  `;
  const label = part.name === undefined ? part.title : `${part.title}  ${part.name}`;
  return [
    `${indent}subgraph cluster_${part.id} {`,
    `${inner}label=${quoted(label)};`,
    `${inner}style=${part.look === 'repeat' ? '"rounded,dashed"' : 'rounded'};`,
    `${inner}color=gray70;`,
    ...part.parts.flatMap((child) => partLines(child, inner)),
    `${indent}}`,
  ];
}

/** In a quoted string of DOT, `\n` breaks the line and a backslash before anything else may mean something. */
function quoted(text: string): string {
  const lines = text.split('\n').map((line) =>
    line
      .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, ' ')
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"'),
  );
  return `"${lines.join('\\n')}"`;
}
