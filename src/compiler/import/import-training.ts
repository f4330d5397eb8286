/** How a saved model was compiled, as far as a spec can say it: its optimizer, its loss and its metrics. */
import { choiceOf } from '../../spec/choices.js';
import { describeValue, isMapping, type JsonSchema } from '../../spec/describe.js';
import { lossNames, metricNames } from '../../spec/losses.js';
import { optimizerSchema } from '../../spec/optimizers.js';
import type { Findings } from './findings.js';
import { camelCase } from './names.js';
import { plainNumber } from './plain-number.js';
import type { Dialect, Mapping } from './saved-model.js';

export interface ImportedTraining {
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly loss: string;
  readonly metrics: readonly string[];
}

/** What stands in the way of a training section, as it reads after "because". */
class Unsayable extends Error {}

/** Undefined where a spec cannot say it; a note tells what, since the model itself can be imported without. */
export function importTraining(
  training: Mapping,
  dialect: Dialect,
  findings: Findings,
): ImportedTraining | undefined {
  try {
    const optimizer = importOptimizer(training.optimizer_config ?? training.optimizer, dialect);
    const loss = importLoss(training.loss);
    for (const key of ['loss_weights', 'weighted_metrics', 'sample_weight_mode']) {
      if (!isNothing(training[key])) throw new Unsayable(`it has ${key}`);
    }
    return { optimizer, loss, metrics: importMetrics(training.metrics, findings) };
  } catch (error) {
    if (!(error instanceof Unsayable)) throw error;
    findings.note(`the training of the file is left out, because ${error.message}`);
    return undefined;
  }
}

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  (Array.isArray(value) && value.every(isNothing));

/** Names without capitals and underscores, as the versions differ in those. */
const letters = (name: string) => name.toLowerCase().replaceAll('_', '');

const nameIn = (known: Iterable<string>, name: string) =>
  [...known].find((candidate) => letters(candidate) === letters(name));

function importOptimizer(value: unknown, dialect: Dialect): Readonly<Record<string, unknown>> {
  const { name, config } = optimizerOf(value);
  const branches = choiceOf(optimizerSchema() as unknown as JsonSchema)!.branches;
  const hasMomentum = letters(name) === 'sgd' && typeof config.momentum === 'number' && config.momentum > 0;
  const type = hasMomentum ? 'momentum' : nameIn(branches.keys(), name);
  const properties = type === undefined ? undefined : branches.get(type)!.properties;
  if (type === undefined || properties === undefined) {
    throw new Unsayable(`there is no optimizer ${describeValue(name)}`);
  }
  const options: Record<string, unknown> = {};
  for (const [key, saved] of Object.entries(config)) {
    const option = optimizerOption(key, type, dialect);
    const schema = option === undefined || option === 'type' ? undefined : properties[option];
    if (option === undefined || schema === undefined) {
      if (!isNeutral(key, saved)) throw new Unsayable(`its optimizer has ${key} ${describeValue(saved)}`);
      continue;
    }
    if (saved === null || saved === undefined) continue;
    const plain = plainNumber(saved, dialect);
    if (typeof plain === 'object') throw new Unsayable(`its optimizer has a ${key} that changes`);
    if (plain !== schema.default || option === 'learningRate') options[option] = plain;
  }
  const inOrder = Object.keys(properties).filter((option) => Object.hasOwn(options, option));
  return { type, ...Object.fromEntries(inOrder.map((option) => [option, options[option]])) };
}

function optimizerOf(value: unknown): { readonly name: string; readonly config: Mapping } {
  if (typeof value === 'string') return { name: value, config: {} };
  if (!isMapping(value) || typeof value.class_name !== 'string') throw new Unsayable('it names no optimizer');
  return { name: value.class_name, config: isMapping(value.config) ? value.config : {} };
}

const optimizerWords: Readonly<Record<string, string>> = { lr: 'learningRate', nesterov: 'useNesterov' };

/** Undefined for keys that mean something else here than their name says. */
function optimizerOption(key: string, type: string, dialect: Dialect): string | undefined {
  if (type === 'rmsprop' && dialect !== 'tfjs') {
    // In Keras `decay` is about the learning rate.
    if (key === 'decay') return undefined;
    if (key === 'rho') return 'decay';
  }
  return Object.hasOwn(optimizerWords, key) ? optimizerWords[key] : camelCase(key);
}

/** Keys that no optimizer of tfjs has, with a value that changes nothing. */
function isNeutral(key: string, value: unknown): boolean {
  const always = ['name', 'ema_momentum', 'ema_overwrite_frequency', 'jit_compile', 'is_legacy_optimizer'];
  return isNothing(value) || value === 0 || always.includes(key) || (key === 'epsilon' && value === 1e-7);
}

const lossWords: Readonly<Record<string, string>> = {
  cosinesimilarity: 'cosineProximity',
  kld: 'kullbackLeiblerDivergence',
  kldivergence: 'kullbackLeiblerDivergence',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  mse: 'meanSquaredError',
  msle: 'meanSquaredLogarithmicError',
};

function importLoss(value: unknown): string {
  const { name, config } = functionOf(value);
  if (name === undefined) throw new Unsayable(`its loss is ${describeValue(value)}, not one loss by name`);
  if (config.from_logits === true) throw new Unsayable('its loss takes logits, and here takes probabilities');
  if (typeof config.label_smoothing === 'number' && config.label_smoothing !== 0) {
    throw new Unsayable('its loss smooths labels');
  }
  const reduction = config.reduction ?? 'auto';
  if (reduction !== 'auto' && reduction !== 'sum_over_batch_size') {
    throw new Unsayable(`its loss has the reduction ${describeValue(reduction)}`);
  }
  const loss = nameIn(lossNames, lossWords[letters(name)] ?? name);
  if (loss === undefined) throw new Unsayable(`there is no loss ${describeValue(name)}`);
  return loss;
}

/** A loss or a metric: its name, or an object of its class or for its function. */
function functionOf(value: unknown): { readonly name?: string; readonly config: Mapping } {
  if (typeof value === 'string') return { name: value, config: {} };
  if (Array.isArray(value) && value.length === 1) return functionOf(value[0]);
  if (!isMapping(value) || typeof value.class_name !== 'string') return { config: {} };
  if (value.class_name === 'function' && typeof value.config === 'string')
    return { name: value.config, config: {} };
  const config = isMapping(value.config) ? value.config : {};
  const wrapped = /^(?:MeanMetricWrapper|LossFunctionWrapper)$/.test(value.class_name);
  return { name: wrapped && typeof config.fn === 'string' ? config.fn : value.class_name, config };
}

/** `cosine` of tfjs is less than zero for vectors of one direction, so that it is not `cosine_similarity` of Keras. */
const metricWords: Readonly<Record<string, string>> = {
  cosineproximity: 'cosine',
  meanabsoluteerror: 'mae',
  meanabsolutepercentageerror: 'mape',
  meansquarederror: 'mse',
  // With a loss over sparse labels `accuracy` is this one.
  sparsecategoricalaccuracy: 'accuracy',
};

function importMetrics(value: unknown, findings: Findings): readonly string[] {
  const saved = (
    Array.isArray(value) ? value.flat(2) : isNothing(value) ? [] : [value]
  ) as readonly unknown[];
  const metrics = saved.flatMap((item) => {
    if (isNothing(item)) return [];
    const { name } = functionOf(item);
    const exact = (metricNames as readonly unknown[]).includes(name) ? name : undefined;
    const metric = exact ?? (name && nameIn(metricNames, metricWords[letters(name)] ?? name));
    if (metric === undefined || metric === '')
      findings.note(`the metric ${describeValue(name ?? item)} is left out`);
    return metric === undefined || metric === '' ? [] : [metric];
  });
  return [...new Set(metrics)];
}
