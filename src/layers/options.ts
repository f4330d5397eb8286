/**
 * Option types that many layers share. Descriptions end up in the JSON schema, the reference and editors;
 * names, defaults and meanings are tfjs's.
 */
import { activationNames } from './activations.js';
import type { Axes } from './image.js';
import { type TProperties, type TSchema, Type } from './type.js';

/** An object that allows no other keys. */
export function strictObject<Properties extends TProperties>(properties: Properties, options: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** One of a few words. */
export function oneOf<const Values extends readonly string[]>(values: Values, options: object = {}) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options });
}

/** A positive whole number, no larger than what the backends can count with. */
export function positiveInteger(options: object = {}) {
  return Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, ...options });
}

/** A list of values of one kind. */
export function listOf<Element>(element: TSchema, options: object = {}) {
  return Type.Unsafe<readonly Element[]>({ type: 'array', items: element, ...options });
}

/** One of several forms of a value. */
export function anyOf<Value>(forms: readonly TSchema[], options: object = {}) {
  return Type.Unsafe<Value>({ anyOf: [...forms], ...options });
}

/** One value for all spatial axes, or one for each: [height, width]. */
export type PerAxis = number | readonly number[];

export function perAxis(element: TSchema, options: object = {}, axes: Axes = 2) {
  return anyOf<PerAxis>([element, listOf(element, { minItems: axes, maxItems: axes })], options);
}

/** The values of an option made by `perAxis`, one for each axis. */
export function axisValues(value: PerAxis, axes: Axes = 2): readonly number[] {
  return typeof value === 'number' ? Array<number>(axes).fill(value) : value;
}

type Pair = readonly [number, number];

/** Rows and columns at the four edges: for all edges, for [height, width], or [[top, bottom], [left, right]]. */
export type Margins = number | Pair | readonly [vertical: Pair, horizontal: Pair];

export function margins(options: object = {}) {
  const amount = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
  const pair = listOf(amount, { minItems: 2, maxItems: 2 });
  return anyOf<Margins>([amount, pair, listOf(pair, { minItems: 2, maxItems: 2 })], options);
}

/** The two edges of each axis, for an option made by `margins`: [[top, bottom], [left, right]]. */
export function edgesOf(value: Margins): readonly [Pair, Pair] {
  const [vertical, horizontal] = typeof value === 'number' ? [value, value] : value;
  const both = (edge: number | Pair): Pair => (typeof edge === 'number' ? [edge, edge] : edge);
  return [both(vertical), both(horizontal)];
}

/** How many rows and columns an option made by `margins` means in all. */
export const marginSums = (value: Margins): readonly number[] =>
  edgesOf(value).map(([before, after]) => before + after);

/** The activation that weighted layers apply to their outputs. */
export const activation = () =>
  Type.Optional(
    oneOf(activationNames, {
      description: 'Function applied to the outputs; softmax works along their last axis.',
      default: 'linear',
    }),
  );

export const useBias = () =>
  Type.Optional(Type.Boolean({ description: 'Whether a bias is added to each output.', default: true }));

export const dataFormat = () =>
  Type.Optional(
    oneOf(['channelsFirst', 'channelsLast'], {
      description:
        'Whether the channels are the last dimension of an example (channelsLast) or the first (channelsFirst).',
      default: 'channelsLast',
    }),
  );

export const padding = () =>
  Type.Optional(
    oneOf(['valid', 'same'], {
      description:
        'valid: the window stays inside the input; same: the input is padded with zeros so that stride 1 keeps its size.',
      default: 'valid',
    }),
  );

/** The fraction that a dropout drops. tfjs takes 1 for 0, so it is not offered. */
export const dropRate = (description: string) =>
  Type.Number({ minimum: 0, exclusiveMaximum: 1, description });

export const randomMaskSeed = () =>
  Type.Optional(
    positiveInteger({
      maximum: 2147483647,
      description:
        'Fixes the draw: tfjs then drops the same values at every step. Leave it out for a new draw at each step, which follows from the run’s seed.',
    }),
  );
