/**
 * tfjs's metrics in primitives, as tfjs-layers' metrics.ts computes them. Each compares outputs with the labels in the
 * form that it is made for, whatever form the loss takes.
 */
import type { ForwardContext } from '../../layers/forward.js';
import type { ProgramBuilder, Value } from '../../program/index.js';
import type { LossName, metricNames } from '../../spec/losses.js';
import { lossOf, targetOf } from './losses.js';

export type MetricName = (typeof metricNames)[number];

/**
 * The metric over the batch: shared, []. The mean over its examples for all but `precision`, which counts over all of
 * them. Labels and outputs as for `lossOf`; `loss` is the model's, which says what `accuracy` and `crossentropy` mean.
 */
export function metricOf(
  name: MetricName,
  loss: LossName,
  labels: Value,
  outputs: Value,
  batch: Batch,
  p: ProgramBuilder,
): Value {
  const isBinary = loss === 'binaryCrossentropy' || outputs.shape[0] === 1;
  const isSparse = loss === 'sparseCategoricalCrossentropy';
  switch (name) {
    case 'accuracy':
    case 'acc':
      return metricOf(isBinary ? 'binaryAccuracy' : 'categoricalAccuracy', loss, labels, outputs, batch, p);
    case 'binaryAccuracy':
      return batch.mean(binaryAccuracy(targetOf(labels, outputs, p), outputs, p), []);
    case 'categoricalAccuracy':
      return batch.mean(categoricalAccuracy(labels, outputs, p), []);
    case 'precision':
      return precision(targetOf(labels, outputs, p), outputs, batch, p);
    case 'crossentropy':
    case 'ce':
      if (isBinary) return meanLoss('binaryCrossentropy');
      return meanLoss(isSparse ? 'sparseCategoricalCrossentropy' : 'categoricalCrossentropy');
    case 'categoricalCrossentropy':
    case 'sparseCategoricalCrossentropy':
      return meanLoss(name);
    case 'mse':
    case 'MSE':
      return meanLoss('meanSquaredError');
    case 'mae':
    case 'MAE':
      return meanLoss('meanAbsoluteError');
    case 'mape':
    case 'MAPE':
      return meanLoss('meanAbsolutePercentageError');
    case 'cosine':
      return meanLoss('cosineProximity');
  }
  function meanLoss(of: LossName): Value {
    return batch.mean(lossOf(of, labels, outputs, p), []);
  }
}

type Batch = ForwardContext['batch'];

function binaryAccuracy(target: Value, outputs: Value, p: ProgramBuilder): Value {
  return p.mean(p.equal(target, p.greater(outputs, 0.5)), [0]);
}

/** Whether the first of the largest outputs is the label's. Of a single output it always is. */
function categoricalAccuracy(labels: Value, outputs: Value, p: ProgramBuilder): Value {
  const classes = outputs.shape[0]!;
  const places = p.constant([...Array(classes).keys()], [classes]);
  const largest = p.equal(outputs, p.max(outputs, [0], true));
  const first = p.min(p.where(largest, places, classes), [0]);
  return p.equal(first, classes === 1 ? 0 : p.reshape(labels, []));
}

/** Of the outputs that are exactly one, how many should be; zero where none is. */
function precision(target: Value, outputs: Value, { mask }: Batch, p: ProgramBuilder): Value {
  const count = (wanted: 0 | 1) => {
    const found = p.mul(p.equal(outputs, 1), p.equal(target, wanted));
    return p.batchSum(p.mul(p.sum(found, [0]), mask));
  };
  const [right, wrong] = [count(1), count(0)];
  const all = p.add(right, wrong);
  return p.where(p.greater(all, 0), p.div(right, all), 0);
}
