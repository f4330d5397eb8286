/**
 * Draws docs/terminal.svg and docs/terminal.png: a real session, run in a pseudo terminal and painted as it
 * came. The curves of its training run become docs/curves.svg and docs/curves.png. Not part of `npm run generate`, since it trains; run it after `npm run build` when the output changes:
 *
 *     npx tsx scripts/terminal-picture.ts
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { type Cell, type Screen, type Style, screenOf } from './terminal-screen.js';

const columns = 130;
const size = 13;
const cell = { width: 7.83, height: 18 };
const margin = { x: 18, top: 40, bottom: 16 };
const theme = { background: '#161b22', bar: '#21262d', text: '#d6dde4', dim: '#7d8893', bright: '#f5f8fa' };
/** The sixteen colours of a terminal, as far as speccc uses them. */
const colours: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  36: '#56b6c2',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'bin/speccc.js');

/** A spec with two typical mistakes. */
const draft = readFileSync(join(root, 'specs/lenet5.yaml'), 'utf8')
  .replace(
    'kernelSize: 5, activation: sigmoid }\n  - { name: p2',
    'kernelSize: 5, activaton: sigmoid }\n  - { name: p2',
  )
  .replace('units: 120', 'units: -120');

function session(commands: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'speccc-picture-'));
  try {
    writeFileSync(join(folder, 'draft.yaml'), draft);
    const output = commands
      .map((command) => {
        const words = command.replace(/^npx speccc/, `'${process.execPath}' '${bin}'`);
        const { NO_COLOR, ...env } = process.env;
        const printed = execFileSync(
          'script',
          ['-qec', `stty cols ${columns}; ${words} || true`, '/dev/null'],
          {
            cwd: folder,
            encoding: 'utf8',
            // As npx sets it: speccc then speaks of itself as npx speccc.
            env: { ...env, npm_command: 'exec', TERM: 'xterm-256color' },
          },
        );
        return `\u001b[32m$\u001b[39m \u001b[1m${command}\u001b[22m\n${printed.replaceAll('\r\n', '\n')}`;
      })
      .join('\n');
    for (const file of ['curves.svg', 'curves.png']) {
      copyFileSync(join(folder, 'runs/lenet5', file), join(root, 'docs', file));
    }
    return output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Run {
  readonly text: string;
  readonly column: number;
  readonly style: Style;
}

/** Neighbours of one style, up to the next two spaces: browsers differ in what they do with those. */
function runsOf(cells: readonly Cell[]): readonly Run[] {
  const runs: { text: string; column: number; style: Style }[] = [];
  cells.forEach(({ character, style }, column) => {
    const last = runs.at(-1);
    if (last !== undefined && JSON.stringify(last.style) === JSON.stringify(style)) last.text += character;
    else runs.push({ text: character, column, style });
  });
  return runs.flatMap(({ text, column, style }) =>
    [...text.matchAll(/\S+(?: \S+)*/gu)].map(({ 0: piece, index }) => ({
      text: piece,
      column: column + Array.from(text.slice(0, index)).length,
      style,
    })),
  );
}

function paint({ rows }: Screen): string {
  const width = Math.ceil(columns * cell.width + 2 * margin.x);
  const height = Math.ceil(rows.length * cell.height + margin.top + margin.bottom);
  const lights = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${20 + 20 * index}" cy="14" r="6" fill="${fill}"/>`,
  );
  const texts = rows.flatMap((cells, row) =>
    runsOf(cells).map(({ text, column, style }) => {
      const x = (margin.x + column * cell.width).toFixed(2);
      const y = (margin.top + row * cell.height + size).toFixed(0);
      const fill = style.dim
        ? theme.dim
        : style.color === undefined
          ? style.bold
            ? theme.bright
            : theme.text
          : (colours[style.color] ?? theme.text);
      const weight = style.bold ? ' font-weight="bold"' : '';
      const length = (Array.from(text).length * cell.width).toFixed(2);
      return `<text x="${x}" y="${y}" fill="${fill}"${weight} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A terminal in which speccc checks a spec and trains LeNet-5">
<rect width="${width}" height="${height}" rx="8" fill="${theme.background}"/>
<path d="M0 28V8a8 8 0 0 1 8-8H${width - 8}a8 8 0 0 1 8 8v20z" fill="${theme.bar}"/>
${lights.join('\n')}
<g font-family="'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace" font-size="${size}">
${texts.join('\n')}
</g>
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const commands =
  process.argv.length > 2 ? process.argv.slice(2) : ['npx speccc validate draft.yaml', 'npx speccc train'];
const svg = paint(screenOf(session(commands).trimEnd(), columns));
const fonts = ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf'].map((file) =>
  fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${file}`)),
);
const image = new Resvg(svg, {
  fitTo: { mode: 'zoom', value: 2 },
  font: { loadSystemFonts: false, fontFiles: fonts, defaultFontFamily: 'DejaVu Sans Mono' },
});
writeFileSync(join(root, 'docs/terminal.svg'), svg);
writeFileSync(join(root, 'docs/terminal.png'), image.render().asPng());
console.log('wrote docs/terminal and docs/curves, .svg and .png');
