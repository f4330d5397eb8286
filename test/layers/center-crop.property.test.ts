/** tfjs crops by resizing to the nearest places, with its own rounding: so must we, for every size. */
import { expect, test } from 'vitest';
import type { ForwardContext } from '../../src/layers/forward.js';
import { programBuilder } from '../../src/program/index.js';
import { interpret } from '../program/interpret.js';
import { fc } from '../property.js';
import { kindOf, tf } from './tfjs.js';

const size = fc.integer({ min: 1, max: 40 });

test('the middle of any image', () => {
  const sizes = fc.tuple(size, size, size, size);
  fc.assert(
    fc.property(sizes, ([rows, columns, down, across]) => {
      const [height, width] = [Math.min(rows, down), Math.min(columns, across)];
      const values = Float32Array.from({ length: rows * columns }, (_, index) => index + 1);
      const layer = tf.layers.centerCrop({ height, width });
      const cropped = layer.call(tf.tensor4d(values, [1, rows, columns, 1]), {}) as tf.Tensor;
      const p = programBuilder();
      const context = { program: p } as ForwardContext;
      const x = p.source('x', [rows, columns, 1], true);
      const output = kindOf('centerCrop').forward!({ height, width }, x, context);
      const [found] = interpret([output], { lanes: 1, source: () => values });
      expect([...found!]).toEqual([...cropped.dataSync()]);
    }),
    { numRuns: 60, seed: 3 },
  );
});
