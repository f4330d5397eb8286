/** Networks in which little or nothing is computed: what comes out is what went in, in another order or shape. */
import type { Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { sizeOf } from '../../../src/layers/index.js';
import { openBackend } from '../../../src/runtime/backend.js';
import { buildModel } from '../../../src/runtime/build-model.js';
import { openCompiledEngine } from '../../../src/runtime/compiled-engine/compiled-engine.js';
import { graphOf } from '../../compiler/example-graphs.js';
import { draw } from '../../compiler/program/numbers.js';

const { tf } = await openBackend('cpu');

test.each<[string, readonly number[], readonly object[]]>([
  ['the input itself', [4], [{ type: 'dropout', rate: 0.5 }]],
  ['its numbers in a row', [2, 3, 2], [{ type: 'flatten' }]],
  ['its axes exchanged', [2, 3], [{ type: 'permute', dims: [2, 1] }]],
  ['its axes exchanged, in a row', [2, 3], [{ type: 'permute', dims: [2, 1] }, { type: 'flatten' }]],
  ['it several times', [3], [{ type: 'repeatVector', n: 4 }]],
  ['it several times, in a row', [3], [{ type: 'repeatVector', n: 4 }, { type: 'flatten' }]],
  [
    'a part of it',
    [4, 5, 2],
    [
      {
        type: 'cropping2D',
        cropping: [
          [1, 0],
          [2, 1],
        ],
      },
    ],
  ],
  ['it with zeros around', [2, 3, 2], [{ type: 'zeroPadding2d', padding: 1 }]],
  [
    'it beside itself',
    [3],
    [
      { name: 'a', type: 'activation', activation: 'linear' },
      { name: 'b', type: 'dropout', rate: 0.1, from: 'input' },
      { type: 'concatenate', from: ['a', 'b'] },
    ],
  ],
  [
    'it beside what is made of it, and these joined again',
    [3],
    [
      { name: 'a', type: 'activation', activation: 'tanh' },
      { name: 'b', type: 'concatenate', from: ['a', 'input'] },
      { name: 'c', type: 'concatenate', from: ['b', 'a'] },
      { type: 'concatenate', from: ['c', 'b', 'input'] },
    ],
  ],
])('%s', async (_title, input, layers) => {
  const graph = graphOf({ name: 'views', input, layers });
  const model = buildModel(tf, graph);
  const engine = await openCompiledEngine(graph, { threads: 1 });
  // Six examples are a piece of four and one of two.
  const inputs = draw(3, 6 * sizeOf(input));
  const expected = tf.tidy(() => (model.predict(tf.tensor(inputs, [6, ...input])) as Tensor).dataSync());
  const found = await engine.predictBatch({ count: 6, inputs, labels: new Int32Array(6) });
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 6);
  engine.dispose();
  model.dispose();
});
