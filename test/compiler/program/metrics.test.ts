/** Metrics as tfjs's engine gives them, of a model that answers with what it is given. */
import { expect, test } from 'vitest';
import { lowerProgram } from '../../../src/compiler/program/lower-program.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';
import { type LossName, metricNames } from '../../../src/spec/losses.js';
import { graphOf } from '../example-graphs.js';
import { draw, expectNear } from './numbers.js';
import { runProgram } from './run-program.js';

type Rows = readonly (readonly number[])[];

async function compare(
  loss: LossName,
  classes: number,
  metrics: readonly string[],
  rows: Rows,
): Promise<void> {
  const graph = graphOf({
    name: loss,
    input: [rows[0]!.length],
    layers: [{ type: 'activation', activation: 'linear' }],
    training: {
      dataset: { type: 'synthetic', classes },
      optimizer: { type: 'sgd', learningRate: 0.1 },
      loss,
      metrics,
    },
  });
  const batch = {
    count: rows.length,
    inputs: Float32Array.from(rows.flat()),
    scale: 1,
    labels: Int32Array.from(rows, (_, index) => (index * 5) % classes),
  };
  const engine = await openTfjsEngine(graph, 'cpu');
  const expected = await engine.evaluateBatch(batch);
  engine.dispose();
  // Lanes without an example hold zeros, of which some losses and metrics have no number.
  const found = runProgram(lowerProgram(graph), rows.length + 3).evaluateBatch(batch);
  for (const [index, name] of ['loss', ...metrics].entries()) {
    expectNear([found.values[index]!], [expected.values[index]!], 2e-6, name);
  }
  expect(found.outputs).toEqual(expected.outputs);
}

/** Probabilities; any numbers; several largest; certain answers, right and wrong, which precision counts. */
const rows: Rows = [
  ...Array.from({ length: 6 }, (_, seed) => [...draw(seed, 4, 0.01, 0.99)]),
  ...Array.from({ length: 6 }, (_, seed) => [...draw(seed + 50, 4, 0.1, 4)]),
  [0.25, 0.25, 0.25, 0.25],
  [0.1, 0.4, 0.4, 0.1],
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [1, 1, 0, 0.5],
];

test.each([
  'sparseCategoricalCrossentropy',
  'categoricalCrossentropy',
  'binaryCrossentropy',
  'meanSquaredError',
] as const)('every metric beside %s', async (loss) => {
  await compare(loss, 4, metricNames, rows);
});

test('precision is zero where no answer is certain', async () => {
  await compare('categoricalCrossentropy', 4, ['precision'], [[0.25, 0.25, 0.25, 0.25]]);
});

test.each(['binaryCrossentropy', 'meanSquaredError'] as const)(
  'every metric of one number beside %s',
  async (loss) => {
    // tfjs refuses to make ones and zeros of a single class.
    const metrics = metricNames.filter((name) => name !== 'sparseCategoricalCrossentropy');
    await compare(loss, 2, metrics, [[0.2], [0.7], [0.5], [0.5], [1], [1], [0], [0], [0.5000001]]);
  },
);
