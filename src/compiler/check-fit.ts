/** Whether a model fits the data set and the loss that its spec names, and a few things surely not meant. */
import { formatShape } from '../layers/index.js';
import type { DatasetPlan } from '../spec/datasets.js';
import type { ExpandedInput } from '../spec/expand/expanded-spec.js';
import type { LossName } from '../spec/losses.js';
import type { Report } from './report.js';
import type { PlacedNode } from './resolve-nodes.js';

export function checkInput({ name, shape, path }: ExpandedInput, data: DatasetPlan, report: Report): void {
  if (data.shape === undefined || formatShape(shape) === formatShape(data.shape)) return;
  const { type } = data.dataset;
  report({
    code: 'input-data-mismatch',
    message: `${name}: expected ${formatShape(data.shape)}, the shape of ${type}'s examples, found ${formatShape(shape)}`,
    path,
    hint: `write [${data.shape.join(', ')}]`,
  });
}

/** Losses that compare one number with one number, so that a label can be the number itself. */
const comparesNumbers: ReadonlySet<LossName> = new Set<LossName>([
  'meanSquaredError',
  'meanAbsoluteError',
  'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError',
  'logcosh',
  'poisson',
]);

/** Losses that take one number where there are two classes. */
const comparesTwo: ReadonlySet<LossName> = new Set<LossName>(['binaryCrossentropy', 'hinge', 'squaredHinge']);

/** Layers behind which an output has the size that it had before them. */
const keepsSize: ReadonlySet<string> = new Set([
  'activation',
  'alphaDropout',
  'batchNormalization',
  'dropout',
  'elu',
  'gaussianDropout',
  'gaussianNoise',
  'layerNormalization',
  'leakyReLU',
  'prelu',
  'reLU',
  'rescaling',
  'softmax',
  'thresholdedReLU',
]);

/**
 * The output against the labels: one value a class, or one number where the loss takes that. False where not. `chain`
 * are the layers that lead to the output.
 */
export function checkOutput(
  chain: readonly PlacedNode[],
  data: DatasetPlan,
  loss: LossName,
  note: string,
  report: Report,
): boolean {
  const last = chain[chain.length - 1]!;
  const output = last.node.outputShape;
  const { classes } = data;
  const isOne = output.length === 1 && output[0] === 1;
  if (output.length === 1 && output[0] === classes) return true;
  if (isOne && (comparesNumbers.has(loss) || (comparesTwo.has(loss) && classes === 2))) return true;
  const found = `${last.node.type} '${last.node.name}' gives ${formatShape(output)}`;
  const message = `${loss} on ${data.dataset.type} needs an output of ${classes} values, one a class, but ${found}`;
  if (output.length !== 1) {
    const hint =
      output.length === 3
        ? "insert 'flatten' or a global pooling before the last 'dense' layer"
        : "insert 'flatten' before the last 'dense' layer";
    report({
      code: 'loss-shape-mismatch',
      message,
      path: last.step.path,
      step: last.step,
      hint,
      notes: [note],
    });
    return false;
  }
  const sizing = chain.findLast(({ node }) => !keepsSize.has(node.type));
  const byUnits = sizing?.node.type === 'dense';
  report({
    code: 'loss-shape-mismatch',
    message,
    path: byUnits ? [...sizing.step.path, 'units'] : last.step.path,
    step: byUnits ? sizing.step : last.step,
    option: byUnits ? 'units' : undefined,
    hint: byUnits ? `write units: ${classes}` : `end with { type: dense, units: ${classes} }`,
    notes: [note],
  });
  return false;
}

/** A metric that looks for a class among the outputs needs several: tfjs fails on one in the first step. */
export function checkMetrics({ node }: PlacedNode, metrics: readonly string[], report: Report): void {
  const metric = 'sparseCategoricalCrossentropy';
  if (node.outputShape[node.outputShape.length - 1] !== 1 || !metrics.includes(metric)) return;
  report({
    code: 'metric-shape-mismatch',
    message: `${metric} needs an output of several values, one a class, but ${node.type} '${node.name}' gives one`,
    path: ['training', 'metrics', metrics.indexOf(metric)],
    hint: 'remove it, or take a metric that compares numbers, such as mae',
  });
}

/** What a loss that takes logarithms of its input can be given: values that are never negative. */
const probabilities: Readonly<Partial<Record<LossName, ReadonlySet<string>>>> = {
  categoricalCrossentropy: new Set(['softmax', 'sigmoid', 'hardSigmoid', 'softplus']),
  sparseCategoricalCrossentropy: new Set(['softmax', 'sigmoid', 'hardSigmoid', 'softplus']),
  binaryCrossentropy: new Set(['sigmoid', 'hardSigmoid', 'softmax']),
};

const activationLayers: Readonly<Record<string, string>> = {
  elu: 'elu',
  leakyReLU: 'leakyReLU',
  prelu: 'prelu',
  reLU: 'relu',
  softmax: 'softmax',
  thresholdedReLU: 'thresholdedReLU',
};

/** The function that a layer applies last; undefined where there is none, or none that is known. */
function activationOf({ node }: PlacedNode): string | undefined {
  if (node.type === 'activation') return node.options.activation as string;
  if (Object.hasOwn(activationLayers, node.type)) return activationLayers[node.type];
  const weighted = node.type === 'dense' || /conv2d/i.test(node.type);
  return weighted ? ((node.options.activation as string | undefined) ?? 'linear') : undefined;
}

/** A cross-entropy of what cannot be probabilities: training goes on, and towards nothing. */
export function warnOfLogits(chain: readonly PlacedNode[], loss: LossName, report: Report): void {
  const wanted = probabilities[loss];
  const last = chain.findLast(({ node }) => node.type !== 'flatten' && node.type !== 'reshape');
  const activation = last === undefined ? undefined : activationOf(last);
  if (wanted === undefined || last === undefined || activation === undefined || wanted.has(activation))
    return;
  const [best] = wanted;
  const weighted = last.node.type === 'dense' || /conv2d/i.test(last.node.type);
  report({
    severity: 'warning',
    code: 'loss-without-probabilities',
    message: `${loss} needs probabilities, but ${last.node.type} '${last.node.name}' ends with ${activation}`,
    path: weighted && 'activation' in last.node.options ? [...last.step.path, 'activation'] : last.step.path,
    step: last.step,
    option: 'activation',
    hint: weighted ? `write activation: ${best}` : `end with { type: activation, activation: ${best} }`,
  });
}

/** A softmax over one value, which is 1 whatever the weights are. */
export function warnOfConstant(placed: PlacedNode, report: Report): void {
  const { node, step } = placed;
  const size = node.outputShape[node.outputShape.length - 1];
  if (activationOf(placed) !== 'softmax' || size !== 1) return;
  report({
    severity: 'warning',
    code: 'constant-output',
    message: `${node.type} '${node.name}' applies softmax to one value, which always gives 1`,
    path: 'activation' in node.options ? [...step.path, 'activation'] : step.path,
    step,
    option: 'activation',
    hint: 'use sigmoid, or more than one unit',
  });
}
