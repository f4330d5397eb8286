/** Files made to hurt: each is refused by name, in 500 MB and three times what YAML alone takes for an ordinary one. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileSources } from '../runtime/support/compile-sources.js';

interface Cost {
  readonly codes: readonly string[];
  /** In what it takes to read an ordinary file as long as may be. */
  readonly time: number;
  readonly megabytes: number;
}

const head = 'name: x\ninput: [8]\nlayers:\n';
const letters = [...'bcdefghijkl'];
/** Each line repeats the one before it ten times. */
const bomb = (first: string, next: (previous: string) => string) =>
  [
    `a: &a ${first}`,
    ...letters.map((name, i) => `${name}: &${name} ${next(i === 0 ? 'a' : letters[i - 1]!)}`),
  ].join('\n');
const tenTimes = (name: string) => Array.from({ length: 10 }, () => `*${name}`).join(', ');

const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('');
/** Blocks `b0`, `b1`, …, each made of what `body` says of the next one. */
const chain = (count: number, body: (next: string) => string, last = '{ type: elu }') =>
  `name: x\ninput: [8]\nblocks:\n${many(count, (i) => `  b${i}: { layers: [${i === count - 1 ? last : body(`{ use: b${i + 1} }`)}] }\n`)}layers:\n  - { use: b0 }\n`;
const nest = (depth: number, turns: number, inner: string): string =>
  depth === 0 ? inner : `{ repeat: ${turns}, layers: [${nest(depth - 1, turns, inner)}] }`;

const cases: readonly (readonly [name: string, text: string, code: string])[] = [
  ['100,000 layers', head + '  - { type: elu }\n'.repeat(100_000), 'spec-too-large'],
  ['60,000 layers in a megabyte', head + '  - {type: elu}\n'.repeat(60_000), 'spec-too-large'],
  ['10,001 layers', head + '  - {type: elu}\n'.repeat(10_001), 'spec-too-large'],
  ['10,000 layers with a fault each', head + '  - {type: elu, alfa: 1}\n'.repeat(10_000), 'unknown-option'],
  ['10,000 layers of one name', head + '  - {type: elu, name: a}\n'.repeat(10_000), 'duplicate-name'],
  ['an alias bomb of lists', bomb('[x]', (name) => `[${tenTimes(name)}]`), 'spec-too-large'],
  ['an alias bomb of mappings', bomb('{x: 1}', (name) => `{<<: [${tenTimes(name)}]}`), 'spec-too-large'],
  ['a long list, repeated', `a: &a [${'x,'.repeat(50_000)}]\nb: [${'*a,'.repeat(50_000)}]`, 'spec-too-large'],
  ['an alias to itself', 'layers: &all\n  - *all\n', 'circular-alias'],
  ['a merge of itself', 'training: &t\n  <<: *t\n', 'circular-alias'],
  ['brackets to the end', `a: ${'['.repeat(500_000)}`, 'spec-too-large'],
  ['100,000 brackets', `a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'spec-too-deep'],
  ['dashes in one line', '- '.repeat(100_000), 'spec-too-deep'],
  ['question marks', '? '.repeat(100_000), 'spec-too-deep'],
  [
    'deep indentation',
    Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    'spec-too-deep',
  ],
  ['closing brackets', ']'.repeat(1_000_000), 'yaml-syntax'],
  ['open braces in lines', '- {a\n'.repeat(50_000), 'yaml-syntax'],
  ['quotes in lines', "'\n".repeat(500_000), 'yaml-syntax'],
  ['directives', '%\n'.repeat(500_000), 'yaml-syntax'],
  ['wrong escapes', `name: "${'\\q'.repeat(500_000)}"`, 'yaml-syntax'],
  ['documents', '---\n'.repeat(100_000), 'multiple-documents'],
  ['the same key', 'name: x\n'.repeat(50_000), 'duplicate-key'],
  ['many keys', Array.from({ length: 50_000 }, (_, i) => `k${i}: 1\n`).join(''), 'unknown-option'],
  ['numbers that are none', `input: [${'.nan,'.repeat(60_000)}]`, 'not-a-number'],
  ['a long list of metrics', `training:\n  metrics: [${'[1],'.repeat(60_000)}]`, 'wrong-type'],
  ['one word of a megabyte', `name: ${'a'.repeat(1_000_000)}`, 'out-of-range'],
  ['tabs', '\t'.repeat(1_000_000), 'empty-spec'],
  ['spaces and a key', `${' '.repeat(1_000_000)}a: 1`, 'unknown-option'],
  ['a repeat of a million', `${head}  - { repeat: 1000000, layers: [{ type: elu }] }\n`, 'spec-too-large'],
  ['a repeat of a million in the middle', `${head}  - ${nest(2, 1000, '{ type: elu }')}\n`, 'spec-too-large'],
  ['repeats of nothing', `${head}  - ${nest(4, 10000, '{ type: elu, when: false }')}\n`, 'spec-too-large'],
  ['repeats in 17 repeats', `${head}  - ${nest(17, 2, '{ type: elu }')}\n`, 'spec-too-deep'],
  ['blocks that double', chain(15, (next) => `${next}, ${next}`), 'spec-too-large'],
  [
    'blocks that double nothing',
    chain(16, (next) => `${next}, ${next}, ${next}, ${next}`, '{ type: elu, when: 0 }'),
    'spec-too-large',
  ],
  ['blocks in a row', chain(5000, (next) => next), 'spec-too-deep'],
  ['a circle of blocks', chain(90, (next) => next, '{ use: b0 }'), 'recursive-block'],
  [
    'blocks with all of each other',
    `name: x\ninput: [8]\nblocks:\n${many(150, (i) => `  b${i}: { layers: [${many(150, (j) => `{ use: b${j} },`)}] }\n`)}layers: [{ use: b0 }]\n`,
    'recursive-block',
  ],
  [
    'text that doubles',
    `params:\n  p0: xx\n${many(40, (i) => `  p${i + 1}: "\${p${i}}\${p${i}}"\n`)}${head}  - { type: elu, name: "\${p40}" }\n`,
    'impossible-arithmetic',
  ],
  [
    'a long list that is computed often',
    `${head}  - { repeat: 5000, as: i, layers: [{ type: reshape, targetShape: [${many(5000, () => '"${i}",')}] }] }\n`,
    'spec-too-large',
  ],
  [
    'brackets in arithmetic',
    `${head}  - { type: dense, units: "\${${'('.repeat(100_000)}1${')'.repeat(100_000)}}" }\n`,
    'invalid-expression',
  ],
  [
    'much arithmetic',
    `${head}  - { type: reshape, targetShape: [${many(20_000, (i) => `"\${1 + ${i} / 0}",`)}] }\n`,
    'impossible-arithmetic',
  ],
  [
    'names that nothing has',
    head + many(9000, (i) => `  - { type: elu, name: a${i}, from: step_${i} }\n`),
    'unknown-step',
  ],
  [
    'a large circle',
    `${head}${many(5000, (i) => `  - { type: add, name: a${i}, from: [${i === 0 ? 'a4999' : `a${i - 1}`}, input] }\n`)}`,
    'circular-reference',
  ],
  [
    'all names in all places',
    head +
      many(
        60,
        (i) =>
          `  - { type: add, name: a${i}, from: [${many(900, (j) => `${j % 60 >= i ? 'input' : `a${j % 60}`},`)}] }\n`,
      ) +
      '  - { repeat: 9000, layers: [{ type: add, from: [a1, a2, a3] }] }\n',
    'unused-step',
  ],
  ['unused layers', head + many(9000, (i) => `  - { type: elu, name: a${i}, from: input }\n`), 'unused-step'],
  [
    'a shape fault in each of many turns',
    `${head}  - { repeat: 5000, as: i, layers: [{ type: dense, units: 4, from: input, name: d }, { type: reshape, targetShape: ["\${i + 5}"], name: r }] }\n`,
    'shape-mismatch',
  ],
  ['2 MiB', '#'.repeat(2 * 1024 * 1024), 'spec-too-large'],
];

/** Of the units of `Cost`. */
const mostTime = 3;
const costs: Cost[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'speccc-limits-'));
  const script = 'test/bad-specs/check-file.ts';
  const sources = await compileSources(script);
  try {
    const files = cases.map(([, text], index) => {
      const file = join(folder, `${index}.yaml`);
      writeFileSync(file, text);
      return file;
    });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      // Threads that clear away would count as well, and most where others need the processors.
      ['--expose-gc', '--single-threaded-gc', sources.file(script), String(mostTime), ...files],
      { timeout: 300_000 },
    );
    costs.push(
      ...stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Cost),
    );
  } finally {
    rmSync(folder, { recursive: true });
    await sources.remove();
  }
}, 310_000);

describe('limits', () => {
  test.each(cases.map(([name, , code], index) => [name, code, index] as const))(
    '%s: %s',
    (_name, code, index) => {
      const { codes, time, megabytes } = costs[index]!;
      expect(codes).toContain(code);
      expect(time).toBeLessThan(mostTime);
      expect(megabytes).toBeLessThan(500);
    },
  );
});
