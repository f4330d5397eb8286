/**
 * What Keras and tfjs call by different names, and what Keras has that tfjs lacks: the words that do not follow
 * from the registry. Keys are as they stand in saved configs.
 */
import { camelCase } from './names.js';
import type { Dialect, Mapping } from './saved-model.js';

/** Names that a class had in other versions. */
export const classAliases: Readonly<Record<string, string>> = {
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  GRUV1: 'GRU',
  GRUV2: 'GRU',
  LSTMV1: 'LSTM',
  LSTMV2: 'LSTM',
};

/** `x + y` of two layers' outputs in Keras 3: operations that are layers here. */
export const operationClasses: ReadonlySet<string> = new Set(['Add', 'Maximum', 'Minimum', 'Multiply']);

/** Keys that are options under another name, by the class that has them. */
export const keyAliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  LeakyReLU: { negative_slope: 'alpha' },
};

/** Values of options that have another name here. */
const valueAliases: Readonly<Record<string, string>> = { silu: 'swish' };

/** A word of a config as tfjs writes it: `channels_last` → `channelsLast`. */
export function wordOf(value: string): string {
  return Object.hasOwn(valueAliases, value) ? valueAliases[value]! : camelCase(value);
}

/** Why a word does not mean here what it meant to its writer. */
export function falseFriend(option: string, word: string, dialect: Dialect): string | undefined {
  if (dialect === 'keras3' && /activation$/i.test(option) && word === 'hardSigmoid') {
    return 'hard_sigmoid of Keras 3 is relu6(x + 3) / 6, and the one of TensorFlow.js is another function';
  }
  return undefined;
}

/** Keys that say nothing about what a layer computes, or that are read elsewhere. */
const ignoredKeys: ReadonlySet<string> = new Set([
  'autocast',
  'batch_input_shape',
  'batch_shape',
  'dtype',
  'fused',
  'implementation',
  'name',
  'renorm_momentum',
  'trainable',
  'unroll',
]);

/** Options of tfjs that say nothing about what a layer computes, and stand in every file of Keras. */
export const hollowOptions: ReadonlySet<string> = new Set(['implementation']);

/** What a key means nothing with, where a layer here has no option for it; null and false always mean nothing. */
const neutralValues: Readonly<Record<string, readonly unknown[]>> = {
  alpha: [1],
  data_format: ['channels_last'],
  dilation_rate: [1],
  dropout: [0],
  fill_mode: ['constant'],
  fill_value: [0],
  groups: [1],
  negative_slope: [0],
  recurrent_dropout: [0],
  threshold: [0],
};

/** Whether a key that is no option of the layer may be left out without changing it. */
export function isNeutral(key: string, value: unknown): boolean {
  if (value === null || value === false || ignoredKeys.has(key)) return true;
  const values = Object.hasOwn(neutralValues, key) ? neutralValues[key]! : [];
  const [first] = Array.isArray(value) && value.every((item) => item === value[0]) ? value : [value];
  return values.includes(first);
}

const waysOut: Readonly<Record<string, string>> = {
  reset_after: 'build it with reset_after=False; weights that were trained with True do not fit',
  return_state: 'build it with return_state=False',
  stateful: 'build it with stateful=False',
};

/** How a model can be built without what specs lack. */
export function wayOut(key: string): string | undefined {
  if (key.endsWith('_regularizer'))
    return 'TensorFlow.js has no such penalty for this layer: build it without';
  return Object.hasOwn(waysOut, key) ? waysOut[key] : undefined;
}

/** Options whose null is a value of its own, not "nothing given". */
export const meaningfulNulls: ReadonlySet<string> = new Set(['mergeMode']);

/** Options that are written even where they go without saying, since a layer reads oddly without them. */
export const keptOptions: ReadonlySet<string> = new Set(['poolSize']);

/** The option without which a layer has no such weight: a bias with `use_bias: false` has no initializer. */
const weightSwitches: Readonly<Record<string, string>> = { bias: 'use_bias', beta: 'center', gamma: 'scale' };

/** Whether an option is about a weight that the layer does not have. */
export function isOfAbsentWeight(key: string, config: Mapping): boolean {
  const [, weight = ''] = /^(.+)_(?:initializer|regularizer|constraint)$/.exec(key) ?? [];
  // Keras 2 writes options of one kernel for convolutions that have others.
  if (weight === 'kernel' && 'depthwise_initializer' in config) return true;
  return Object.hasOwn(weightSwitches, weight) && config[weightSwitches[weight]!] === false;
}
