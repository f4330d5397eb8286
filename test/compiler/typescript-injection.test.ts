/** Whatever words a spec holds, the printed file has the same syntax: words stay in strings and comments. */
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { pascalCase } from '../../src/compiler/typescript/identifiers.js';
import { quote, textOf } from '../../src/compiler/typescript/text.js';
import { emitTypeScript } from '../../src/compiler/typescript.js';
import { anyText, fc } from '../property.js';
import { graphOf } from './example-graphs.js';
import { instructions, nodeKinds, parse, stringLiterals } from './printed-modules.js';
import { scopedGraph } from './scoped-graphs.js';

const nasty = [
  ...['*/', '/*', '//', '/**', '`', '${', '}', "'", '"', '\\', '\\u', "\\'", ';', '(', '#!', '<!--', '-->'],
  ...['\n', '\r', '\r\n', '\t', '\v', '\f', '\0', '\u0085', '\u2028', '\u2029', '\ufeff', '\u00a0', '\ud800'],
  ...['\u202e', '\u2066', '\u200b', '\u200d', '\u00ad', '\u061c', '\u{e0061}', '\u3164'],
  ...['@ts-ignore', '@ts-nocheck', '@jsx h', '@deprecated', '{@link x}', '/ <reference path="x" />'],
  ...[
    '# sourceMappingURL=x',
    '*/ process.exit(1) /*',
    'é',
    'ß',
    '日本',
    'a',
    'Z',
    '9',
    '_',
    '-',
    ' ',
    '__proto__',
  ],
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...nasty), { maxLength: 12 }).map((parts) => parts.join('')),
  anyText(30),
);

interface Words {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly layers: readonly [string, string];
  readonly classes: readonly [string, string];
  readonly dataset: string;
}
const words = fc.record<Words>({
  name: text,
  description: text,
  file: text,
  layers: fc.tuple(text, text).filter(([a, b]) => a !== b && a !== 'input' && b !== 'input'),
  classes: fc.tuple(text, text),
  dataset: text,
});

const plain = graphOf({
  name: 'plain',
  input: [4],
  layers: [
    { name: 'one', type: 'dense', units: 3 },
    { name: 'two', type: 'dense', units: 2, activation: 'softmax' },
  ],
  training: {
    dataset: { type: 'synthetic', classes: 2 },
    optimizer: 'adam',
    loss: 'categoricalCrossentropy',
  },
});

function withWords(word: Words, chain: boolean): ModelGraph {
  const named = word.layers.map((name, index) => {
    const node = plain.nodes[index]!;
    const [options] = node.call.args as [object];
    return {
      ...node,
      name,
      inputs: [index === 0 ? 'input' : word.layers[0]],
      call: { ...node.call, args: [{ ...options, name }] },
    };
  });
  return {
    ...plain,
    name: word.name,
    description: word.description,
    source: { ...plain.source, file: word.file },
    nodes: named,
    outputs: chain ? [word.layers[1]] : [...word.layers],
    training: {
      ...plain.training!,
      dataset: { type: word.dataset },
      classNames: word.classes,
    },
  };
}

const tame: Words = {
  name: 'plain',
  description: 'A model.',
  file: 'plain.yaml',
  layers: ['one', 'two'],
  classes: ['a', 'b'],
  dataset: 'synthetic',
};

describe.each([
  ['a chain', true],
  ['a graph that is no chain', false],
])('%s', (_title, chain) => {
  test('has the same syntax whatever its words are', async () => {
    const expected = nodeKinds(parse(await emitTypeScript(withWords(tame, chain))));
    await fc.assert(
      fc.asyncProperty(words, async (word) => {
        const printed = await emitTypeScript(withWords(word, chain));
        const file = parse(printed);
        expect(instructions(file)).toEqual([]);
        expect(nodeKinds(file)).toEqual(expected);
        expect(stringLiterals(file)).toEqual(
          expect.arrayContaining([word.name, ...word.layers, ...word.classes]),
        );
        // Nothing invisible, nothing that reorders, no other line breaks.
        expect(printed).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

describe.each([
  ['a chain of blocks', true],
  ['a graph of blocks that is no chain', false],
])('%s', (_title, chain) => {
  const withBlocks = (word: Words): ModelGraph =>
    scopedGraph('blocks', { input: [4] }, (root) => {
      const [first, second] = word.layers;
      const use = (name: string, from: string, width: number) =>
        root.block(
          word.name,
          name,
          from,
          { [word.dataset]: width },
          (inside, [input]) =>
            inside.repeat(word.file, width, input!, (turn, value) =>
              turn.layer('dense', second, turn.layer('dense', first, value, { units: 3 }), { units: 4 }),
            ),
          word.description,
        );
      const value = use(`${second}!`, use(`${first}!`, 'input', 2), 3);
      return chain ? value : root.layer('add', `${first}${second}?`, [value, 'input']);
    });

  test('has the same syntax whatever its words are', async () => {
    const expected = nodeKinds(parse(await emitTypeScript(withBlocks(tame))));
    await fc.assert(
      fc.asyncProperty(words, async (word) => {
        const printed = await emitTypeScript(withBlocks(word));
        const file = parse(printed);
        expect(instructions(file)).toEqual([]);
        expect(nodeKinds(file)).toEqual(expected);
        expect(stringLiterals(file)).toEqual(expect.arrayContaining(word.layers.map((name) => `${name}!`)));
        expect(printed).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});

test('a string literal is its text, for every text', () => {
  fc.assert(
    fc.property(text, (value) => {
      const literal = quote(value);
      expect(stringLiterals(parse(`x(${literal});`))).toEqual([value]);
      expect(literal).not.toMatch(/[\n\r\u2028\u2029]/);
    }),
    { numRuns: 1000, seed: 7 },
  );
});

test('a template literal is its pieces, for every text', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const literal = textOf([before, { code: 'name' }, after]);
      expect(literal).not.toMatch(/[\n\r\u2028\u2029]/);
      expect(new Function('name', `return ${literal}`)('*')).toBe(`${before}*${after}`);
    }),
    { numRuns: 1000, seed: 7 },
  );
});

test('a name makes an identifier of ASCII letters and digits', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(`create${pascalCase(value)}`).toMatch(/^create[A-Z0-9][A-Za-z0-9]*$/);
    }),
    { numRuns: 1000, seed: 7 },
  );
  expect(['lenet5', 'my-net_v2', '3d net', 'café', '日本', '', 'constructor'].map(pascalCase)).toEqual([
    ...['Lenet5', 'MyNetV2', '3dNet', 'Cafe', 'Model', 'Model', 'Constructor'],
  ]);
});

test('a graph that calls something else than a function of tfjs is not printed', async () => {
  for (const call of ['tf.layers.dense({}); evil', 'process.exit', 'tf.io.http'] as `tf.${string}`[]) {
    const [first] = plain.nodes;
    const graph = { ...plain, nodes: [{ ...first!, call: { call, args: [{}] } }] };
    await expect(emitTypeScript(graph)).rejects.toThrow(`a graph may not call '${call}'`);
  }
});
