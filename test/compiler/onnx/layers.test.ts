/** Every layer that can be exported: what ONNX Runtime predicts is what tfjs predicts. */
import { test } from 'vitest';
import { examples, variants } from '../program/covered-layers.js';
import { randomNetwork } from '../random-networks.js';
import { expectSamePredictions } from './same-predictions.js';

test.each([...examples, ...variants])('$title', async ({ graph }) => {
  await expectSamePredictions(graph);
});

test('networks of blocks and branches', async () => {
  for (let seed = 0; seed < 10; seed += 1) await expectSamePredictions(randomNetwork(seed, false));
});
