/** Rules that look at more than one layer: gradients, shapes that tfjs spoils, slow starts. */
import { describe, expect, test } from 'vitest';
import {
  layers,
  modelProblems,
  modelTrainingProblems,
  modelWarnings,
  type PlacedLayer,
  type Shape,
} from '../../src/layers/index.js';
import { kindOf, layerOf, tf } from './tfjs.js';

/** Layers one after the other; none of those here but `reshape` changes the shape. */
const chain = (
  input: Shape,
  ...steps: readonly (readonly [type: string, options: object])[]
): readonly PlacedLayer[] =>
  steps.map(([type, options], index) => ({
    name: `${type}_${index}`,
    definition: layers.get(type)!,
    options: options as PlacedLayer['options'],
    inputs: [index === 0 ? 'input' : `${steps[index - 1]![0]}_${index - 1}`],
    inputShapes: [input],
  }));

describe('layers without a gradient', () => {
  const names = (placed: readonly PlacedLayer[]) => modelTrainingProblems(placed).map(({ name }) => name);

  test('matter behind what is trained only', () => {
    expect(names(chain([3], ['thresholdedReLU', {}], ['dense', { units: 3 }]))).toEqual([]);
    expect(names(chain([3], ['dense', { units: 3 }], ['thresholdedReLU', {}]))).toEqual([
      'thresholdedReLU_1',
    ]);
    expect(names(chain([3], ['dense', { units: 3 }], ['reLU', {}], ['thresholdedReLU', {}]))).toEqual([
      'thresholdedReLU_2',
    ]);
    expect(names(chain([3], ['dense', { units: 3, trainable: false }], ['thresholdedReLU', {}]))).toEqual([]);
    expect(names(chain([4, 3], ['masking', {}], ['gru', { units: 3 }]))).toEqual([]);
    expect(names(chain([4, 3], ['dense', { units: 3 }], ['masking', {}]))).toEqual(['masking_1']);
    expect(names(chain([4], ['dense', { units: 4 }], ['embedding', { inputDim: 3, outputDim: 1 }]))).toEqual([
      'embedding_1',
    ]);
  });

  test('that have weights without one matter anywhere', () => {
    const dilated = { filters: 3, kernelSize: 1, dilationRate: 2 };
    expect(modelTrainingProblems(chain([5, 5, 3], ['conv2d', dilated]))).toMatchObject([
      { name: 'conv2d_0', problem: { code: 'not-trainable', option: 'dilationRate' } },
    ]);
  });
});

describe('layers that spoil the shape of their input', () => {
  const encoding = ['categoryEncoding', { numTokens: 5 }] as const;
  const reshape = ['reshape', { targetShape: [3] }] as const;

  test('stand after a reshape of their own', () => {
    expect(modelProblems(chain([3], reshape, encoding), ['categoryEncoding_1'])).toEqual([]);
    expect(modelProblems(chain([3], encoding), ['categoryEncoding_0'])).toEqual([
      {
        name: 'categoryEncoding_0',
        problem: {
          code: 'spoiled-input-shape',
          message: "must stand right after a 'reshape' whose output nothing else takes",
          hint: 'insert { type: reshape, targetShape: [3] } before it',
        },
      },
    ]);
    expect(modelProblems(chain([3], ['reLU', {}], encoding), ['categoryEncoding_1'])).toHaveLength(1);
    expect(modelProblems(chain([3], reshape, encoding), ['categoryEncoding_1', 'reshape_0'])).toHaveLength(1);
    const [first, second] = chain([3], reshape, encoding);
    const third = { ...chain([3], ['dense', { units: 2 }])[0]!, inputs: ['reshape_0'] };
    expect(modelProblems([first!, second!, third], ['dense_0', 'categoryEncoding_1'])).toHaveLength(1);
  });

  test.each(['categoryEncoding', 'centerCrop'])('%s does so in tfjs, through layers that keep it', (type) => {
    const kind = kindOf(type);
    const { options, inputs } = kind.examples[0]!;
    expect(kind.spoilsInputShape).toBe(true);
    const input = tf.input({ shape: [...inputs[0]!] });
    const kept = tf.layers.activation({ activation: 'linear' }).apply(input);
    const output = layerOf(kind, { options, inputs }).apply(kept) as tf.SymbolicTensor;
    expect(input.shape).toEqual(output.shape);
    const model = tf.model({ inputs: input, outputs: output });
    expect(() => model.predict(tf.zeros([2, ...inputs[0]!]))).toThrow('expected');
  });

  test('are no others', () => {
    const spoiling = [...layers.values()].filter((kind) => {
      const { options, inputs } = kind.examples[0]!;
      const values = inputs.map((shape) => tf.input({ shape: [...shape] }));
      layerOf(kind, { options, inputs }).apply(values.length === 1 ? values[0]! : values);
      return values.some((value, index) => `${value.shape.slice(1)}` !== `${inputs[index]}`);
    });
    expect(spoiling.map(({ type }) => type).sort()).toEqual(['categoryEncoding', 'centerCrop']);
  });
});

describe('orthogonal weights', () => {
  const warned = (type: string, options: object, input: Shape) =>
    modelWarnings(chain(input, [type, options])).map(({ problem }) => problem);

  test('are warned of where they take tfjs long', () => {
    expect(warned('lstm', { units: 200 }, [4, 3])).toEqual([
      {
        code: 'slow-initializer',
        message: 'starts a weight of 200x800 as an orthogonal matrix, which takes tfjs many seconds',
        option: 'recurrentInitializer',
        hint: 'write recurrentInitializer: glorotUniform',
      },
    ]);
    const nested = { layer: { type: 'gru', units: 200 } };
    expect(warned('bidirectional', nested, [4, 3])).toMatchObject([
      {
        option: 'layer',
        message: expect.stringContaining('has a gru in it, which starts a weight of 200x600'),
      },
    ]);
    const cell = {
      type: 'stackedRNNCells',
      cells: [
        { type: 'gruCell', units: 2 },
        { type: 'lstmCell', units: 99 },
      ],
    };
    expect(warned('rnn', { cell }, [4, 3])).toHaveLength(1);
    expect(
      warned('dense', { units: 500, kernelInitializer: { type: 'orthogonal', gain: 2 } }, [500]),
    ).toHaveLength(1);
  });

  test('of other kinds and sizes are not', () => {
    expect(warned('lstm', { units: 16 }, [4, 3])).toEqual([]);
    expect(warned('lstm', { units: 200, recurrentInitializer: 'glorotUniform' }, [4, 3])).toEqual([]);
    expect(warned('dense', { units: 500 }, [500])).toEqual([]);
    expect(warned('add', {}, [4])).toEqual([]);
  });
});
