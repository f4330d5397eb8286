/** What the steps of specs come to: names, the way of values, and layers of the user's own. */
import { describe, expect, test } from 'vitest';
import { checkSpec, compileSpec } from '../../../src/compiler/index.js';
import { createRegistry, defineLayer } from '../../../src/layers/index.js';
import { Type } from '../../../src/layers/type.js';
import { publishedSchema } from '../../../src/spec/published-schema.js';
import { linesOf } from '../lines-of.js';

const graphOf = (body: string) => compileSpec(`name: x\ninput: [4]\n${body}`, 'x.yaml');

/** Each layer as `name < inputs`. */
const waysOf = (body: string) =>
  graphOf(body).nodes.map(({ name, inputs }) => `${name} < ${inputs.join(' ')}`);

describe('names', () => {
  test('are made in each list by itself, from what a step is, and never those that are given there', () => {
    const body = `blocks:
  pair: { layers: [{ type: elu }, { type: elu, name: elu_2 }, { type: elu }] }
layers:
  - { use: pair }
  - { type: elu, name: pair_2/elu_1 }
  - { use: pair }
  - { repeat: 2, layers: [{ type: elu, name: e }] }
  - { parallel: [[{ type: elu }], []], merge: add }
`;
    expect(graphOf(body).nodes.map(({ name }) => name)).toEqual([
      ...['pair_1/elu_1', 'pair_1/elu_2', 'pair_1/elu_3', 'pair_2/elu_1'],
      ...['pair_3/elu_1', 'pair_3/elu_2', 'pair_3/elu_3', 'repeat_1/0/e', 'repeat_1/1/e'],
      ...['parallel_1/0/elu_1', 'parallel_1'],
    ]);
  });

  test('stay as they are where a step is left out', () => {
    const names = (on: boolean) =>
      graphOf(
        `params: { on: ${on} }\nlayers:\n  - { type: elu, when: "\${on}" }\n  - { type: elu }\n`,
      ).nodes.map(({ name }) => name);
    expect(names(true)).toEqual(['elu_1', 'elu_2']);
    expect(names(false)).toEqual(['elu_2']);
  });

  test('can be computed', () => {
    const body = 'layers:\n  - { repeat: 2, as: i, name: s, layers: [{ type: elu, name: "e${i * 10}" }] }\n';
    expect(waysOf(body)).toEqual(['s/0/e0 < input', 's/1/e10 < s/0/e0']);
  });

  test('of steps inside others are the way to them', () => {
    const body = `blocks:
  deep: { layers: [{ type: elu, name: a }, { type: elu, name: b }] }
layers:
  - { use: deep, name: u }
  - repeat: 2
    as: i
    name: s
    layers:
      - { type: add, from: [u/a, u], name: c }
      - { type: elu, from: s/0/c, name: d, when: "\${i > 0}" }
  - { type: add, from: [s, s/0/d, s/1/c] }
`;
    expect(waysOf(body)).toEqual([
      'u/a < input',
      'u/b < u/a',
      's/0/c < u/a u/b',
      's/1/c < u/a u/b',
      's/1/d < s/0/c',
      'add_1 < s/1/d s/0/c s/1/c',
    ]);
    const wrong = checkSpec(`name: x\ninput: [4]\n${body.replace('s/0/d', 's/0')}`, 'x.yaml');
    expect(wrong.diagnostics.map(({ message }) => message)).toEqual(["there is no step or input 's/0' here"]);
  });
});

describe('values', () => {
  test('a step that is not there passes its input on, also under its own name', () => {
    const body = `layers:
  - { type: elu, name: a }
  - { type: dense, units: 3, name: b, from: input, when: 0 }
  - { type: elu, name: c }
  - { type: add, from: [a, b, c] }
`;
    expect(waysOf(body)).toEqual(['a < input', 'c < input', 'add_1 < a input c']);
  });

  test('a repeat of nothing passes its input on', () => {
    const body =
      'params: { n: 0 }\nlayers:\n  - { type: elu }\n  - { repeat: "${n}", layers: [{ type: elu }] }\n  - { type: elu }\n';
    expect(waysOf(body)).toEqual(['elu_1 < input', 'elu_2 < elu_1']);
  });

  test('a block knows its own input and steps, not those around it', () => {
    const body = `blocks:
  inner: { layers: [{ type: elu, name: a }, { type: add, from: [a, input] }] }
layers:
  - { type: elu, name: a }
  - { type: elu, name: b }
  - { use: inner, from: a, name: u }
  - { type: add, from: [u, b] }
`;
    expect(waysOf(body)).toEqual(['a < input', 'b < a', 'u/a < a', 'u/add_1 < u/a a', 'add_1 < u/add_1 b']);
  });

  test('of params: given, computed from others, or as in the definition', () => {
    const body = `params: { width: 3, wide: "\${width * 2}", word: relu, yes: true }
blocks:
  b:
    params: { n: null, half: "\${n / 2}", kind: linear, on: false }
    layers:
      - { type: dense, units: "\${half}", activation: "\${kind}", useBias: "\${on}" }
layers:
  - { use: b, n: "\${wide * 2}", kind: "\${word}" }
  - { use: b, n: 2, half: "\${width}", on: "\${yes && width > 2}" }
`;
    expect(
      graphOf(body).nodes.map(({ options, scope }) => [
        options,
        scope.map((part) => part.kind === 'block' && part.params),
      ]),
    ).toEqual([
      [{ units: 6, activation: 'relu', useBias: false }, [{ n: 12, half: 6, kind: 'relu', on: false }]],
      [{ units: 3, activation: 'linear', useBias: true }, [{ n: 2, half: 3, kind: 'linear', on: true }]],
    ]);
  });

  test('of a block: what goes in and what comes out', () => {
    const body = `blocks:
  b: { inputs: [x, y], layers: [{ type: add, from: [x, y] }, { type: elu, when: false }] }
layers:
  - { type: elu, name: a }
  - { use: b, from: [a, input], name: u }
  - { type: elu, name: z }
`;
    expect(graphOf(body).nodes.map(({ scope }) => scope)).toMatchObject([
      [],
      [{ kind: 'block', name: 'u', block: 'b', params: {}, inputs: ['a', 'input'], output: 'u/add_1' }],
      [],
    ]);
  });
});

test('a model of nothing is refused', () => {
  const { graph, diagnostics } = checkSpec(
    'name: x\ninput: [4]\nlayers:\n  - { type: elu, when: false }\n',
    'x.yaml',
  );
  expect(graph).toBeUndefined();
  expect(linesOf(diagnostics)).toEqual([
    '3:1 out-of-range layers: nothing is left of them: every step is left out',
  ]);
});

describe('a layer of the user’s own', () => {
  class Scale {}
  const scale = defineLayer({
    type: 'scale',
    summary: 'Multiplies all values by a factor.',
    options: { factor: Type.Number({ description: 'The factor.' }) },
    outputShape: (_options, input) => input,
    implementation: { className: 'Scale', module: './scale.js', class: Scale },
    examples: [{ input: [4], options: { factor: 2 } }],
  });
  const registry = createRegistry([scale]);
  const text =
    'name: x\ninput: [4]\nparams: { f: 2 }\nlayers:\n  - { type: scale, factor: "${f / 4}", name: s }\n';

  test('is a layer as any other', () => {
    const graph = compileSpec(text, 'x.yaml', { layers: registry });
    expect(graph.nodes[0]).toMatchObject({
      name: 's',
      type: 'scale',
      options: { factor: 0.5 },
      outputShape: [4],
    });
  });

  test('is checked as any other, and known to those only who bring it', () => {
    const wrong = text.replace('factor', 'faktor');
    expect(linesOf(checkSpec(wrong, 'x.yaml', { layers: registry }).diagnostics)).toEqual([
      "5:20 unknown-option scale has no option 'faktor' (did you mean 'factor'?)",
    ]);
    expect(checkSpec(text, 'x.yaml').diagnostics.map(({ code }) => code)).toEqual(['unknown-layer-type']);
  });

  test('is in the schema for editors', () => {
    expect(JSON.stringify(publishedSchema(registry))).toContain('Multiplies all values by a factor.');
    expect(JSON.stringify(publishedSchema())).not.toContain('Multiplies all values by a factor.');
  });
});
