/** Layers of a user's own: how they join the others, and what becomes of them. */
import { describe, expect, test } from 'vitest';
import { SpecccError } from '../../src/diagnostics/index.js';
import {
  builtInRegistry,
  createRegistry,
  defineCell,
  defineLayer,
  defineMergeLayer,
  formatShape,
  isCall,
  layers,
  outputShapeOf,
  Type,
  weightsOf,
} from '../../src/layers/index.js';
import { tf } from './tfjs.js';

class Scale extends tf.layers.Layer {
  static className = 'Scale';

  constructor(private readonly options: { readonly name?: string; readonly factor: number }) {
    super(options);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, this.options.factor);
  }
}

const implementation = { className: 'Scale', module: './scale.js', class: Scale };

const scale = defineLayer({
  type: 'scale',
  summary: 'Multiplies all values by a factor.',
  options: { factor: Type.Number({ description: 'The factor.' }) },
  outputShape: (_options, input) => input,
  implementation,
  examples: [{ input: [4], options: { factor: 2 } }],
});

const context = (name: string, ...inputShapes: number[][]) => ({ name, inputShapes, seed: () => 1 });

describe('a layer of your own', () => {
  const registry = createRegistry([scale]);

  test('stands beside the built-in ones, which stay as they are', () => {
    expect([...registry.layers.keys()]).toEqual([...layers.keys(), 'scale']);
    expect(builtInRegistry.layers.has('scale')).toBe(false);
    expect(outputShapeOf(scale, { factor: 2 }, [[3, 4]])).toEqual([3, 4]);
    expect(scale.options.properties).toHaveProperty('trainable');
    expect(scale).toMatchObject({ className: 'Scale', role: 'layer', inputs: 'one' });
  });

  test('is lowered to a call of its class, which makes it', () => {
    const call = scale.lower({ factor: 2 }, context('s1', [4]));
    expect(call).toEqual({ call: 'new', ...implementation, args: [{ name: 's1', factor: 2 }] });
    expect(isCall(call)).toBe(true);
    if (call.call !== 'new') throw new Error('not its class');
    const layer = new (call.class as new (options: unknown) => tf.layers.Layer)(call.args[0]);
    expect(layer.name).toBe('s1');
    expect((layer.apply(tf.tensor1d([1, 2])) as tf.Tensor).arraySync()).toEqual([2, 4]);
  });

  test('can stand inside a built-in one', () => {
    const wrapper = registry.layers.get('timeDistributed')!;
    const options = { layer: { type: 'scale', factor: 3 } };
    expect(outputShapeOf(wrapper, options, [[5, 2]])).toEqual([5, 2]);
    expect(wrapper.lower(options, context('t', [5, 2])).args).toEqual([
      {
        name: 't',
        layer: { call: 'new', ...implementation, args: [{ name: 'scale', factor: 3 }] },
      },
    ]);
    expect(() => outputShapeOf(layers.get('timeDistributed')!, options, [[5, 2]])).toThrow(
      "no layer 'scale'",
    );
  });

  test('can join inputs, or be a cell', () => {
    const gate = defineMergeLayer({
      type: 'gate',
      summary: 'The first input times the second.',
      options: {},
      outputShape: (_options, inputs) =>
        new Set(inputs.map(formatShape)).size === 1
          ? inputs[0]!
          : { code: 'shapes-do-not-join', message: 'needs equal shapes' },
      implementation,
      examples: [{ inputs: [[3], [3]], options: {} }],
    });
    const cell = defineCell({
      type: 'leakyCell',
      summary: 'Forgets slowly.',
      options: { units: Type.Integer({ description: 'Values of the state.' }) },
      outputShape: ({ units }) => [units],
      weights: ({ units }, input) => [
        { name: 'kernel', option: 'kernel', shape: [input[0]!, units], trainable: true },
      ],
      implementation,
      examples: [{ input: [3], options: { units: 2 } }],
    });
    const both = createRegistry([gate, cell]);
    expect(outputShapeOf(both.layers.get('gate')!, {}, [[3], [3]])).toEqual([3]);
    expect(outputShapeOf(both.layers.get('gate')!, {}, [[3]])).toMatchObject({ code: 'wrong-input-count' });
    expect(both.layers.has('leakyCell')).toBe(false);
    const rnn = both.layers.get('rnn')!;
    const options = { cell: { type: 'leakyCell', units: 2 }, returnSequences: true };
    expect(outputShapeOf(rnn, options, [[5, 3]])).toEqual([5, 2]);
    expect(weightsOf(rnn, options, [[5, 3]])).toEqual([{ name: 'kernel', shape: [3, 2], trainable: true }]);
  });
});

const scaleKind = {
  type: 'scale2',
  summary: 'Multiplies all values by a factor.',
  options: { factor: Type.Number({ description: 'The factor.' }) },
  outputShape: (_options: object, input: readonly number[]) => input,
  examples: [],
};

describe('a registry refuses', () => {
  const named = (type: string) =>
    defineLayer({
      type,
      summary: 'S.',
      options: {},
      outputShape: (_, input) => input,
      implementation,
      examples: [],
    });

  test.each([
    ['conv2d', "there are two layers of the type 'conv2d'"],
    ['gruCell', "there are two layers of the type 'gruCell'"],
    ['my layer', 'a layer cannot have the type "my layer"'],
    ['2d', 'a layer cannot have the type "2d"'],
    ['', 'a layer cannot have the type ""'],
  ])('%j', (type, message) => {
    expect(() => createRegistry([named(type)])).toThrow(
      expect.objectContaining({ constructor: SpecccError, code: 'invalid-layer-definition', message }),
    );
  });

  test('the same type twice', () => {
    expect(() => createRegistry([scale, scale])).toThrow("two layers of the type 'scale'");
  });

  test('a class that cannot be imported, and a layer without one', () => {
    expect(() => createRegistry([defineLayer(scaleKind)])).toThrow('needs an implementation');
    for (const className of ['my-class', 'Scale; evil()', '']) {
      const wrong = defineLayer({ ...scaleKind, implementation: { ...implementation, className } });
      expect(() => createRegistry([wrong])).toThrow('nobody can import');
    }
  });
});
