/**
 * Option types that many layers share. Descriptions end up in the JSON schema, the reference and editors;
 * names, defaults and meanings are tfjs's.
 */
import Type, { type Static, type TProperties, type TSchema } from 'typebox';

/** An object that allows no other keys. */
export function strictObject<Properties extends TProperties>(properties: Properties, options: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** One of a few words. */
export function oneOf<const Values extends readonly string[]>(values: Values, options: object = {}) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options });
}

/** A positive whole number. */
export function positiveInteger(options: object = {}) {
  return Type.Integer({ minimum: 1, ...options });
}

/** A number for every axis at once, or one for each. */
export function perAxis(axes: number, element: TSchema, options: object = {}) {
  return Type.Unsafe<number | number[]>({
    anyOf: [element, { type: 'array', items: element, minItems: axes, maxItems: axes }],
    ...options,
  });
}

/** The values for `axes` axes of an option made by `perAxis`. */
export function axisValues(value: number | readonly number[], axes: number): readonly number[] {
  return typeof value === 'number' ? Array.from({ length: axes }, () => value) : value;
}

/**
 * A thing that is chosen by name, with or without options of its own: `kernelInitializer: heNormal`, or
 * `kernelInitializer: { type: truncatedNormal, stddev: 0.05 }`. The branches of the object form carry
 * `type: { const }` first, so that ajv can discriminate on it.
 */
export function namedChoice<Value>(
  branches: readonly TSchema[],
  bareNames: readonly string[],
  options: object = {},
) {
  return Type.Unsafe<Value>({
    anyOf: [
      { type: 'string', enum: [...bareNames] },
      { type: 'object', discriminator: { propertyName: 'type' }, oneOf: [...branches] },
    ],
    ...options,
  });
}

export const activationNames = [
  'elu',
  'gelu',
  'gelu_new',
  'hardSigmoid',
  'linear',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'swish',
  'tanh',
] as const;

export const activation = (options: object = {}) =>
  oneOf(activationNames, { description: 'Function applied to the outputs.', default: 'linear', ...options });

export const dataFormat = () =>
  oneOf(['channelsFirst', 'channelsLast'] as const, {
    description: 'Whether an image is [height, width, channels] (channelsLast) or [channels, height, width].',
    default: 'channelsLast',
  });

export const padding = () =>
  oneOf(['valid', 'same'] as const, {
    description:
      'valid: the window stays inside the input; same: the input is padded with zeros so that stride 1 keeps the size.',
    default: 'valid',
  });

export type { Static };
