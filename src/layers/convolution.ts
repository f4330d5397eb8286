/** What the convolutions along one to three axes share: options and the rule of their windows. */
import { type Axes, type DataFormat, imageOf, imageShape, requireImage } from './image.js';
import {
  activation,
  axisValues,
  dataFormat,
  type PerAxis,
  padding,
  perAxis,
  positiveInteger,
  useBias,
} from './options.js';
import { isProblem, type Problem } from './problem.js';
import { type Shape, sizeOf } from './shape.js';
import { Type } from './type.js';
import { type Weight, weight, weightOptions } from './weight-options.js';
import { type Window, windowPositions } from './window.js';

export const filters = positiveInteger({ description: 'Number of output channels.' });

const sizes: Readonly<Record<Axes, string>> = {
  1: 'Length of the window, in steps.',
  2: 'Height and width of the window: one number for both, or [height, width].',
  3: 'Size of the window: one number for all axes, or [depth, height, width].',
};

const moves: Readonly<Record<Axes, string>> = {
  1: 'Steps that the window moves on.',
  2: 'Steps of the window, down and across.',
  3: 'Steps of the window along depth, height and width.',
};

export const kernelSize = (axes: Axes = 2) => perAxis(positiveInteger(), { description: sizes[axes] }, axes);

/** In this order in the schema, after the size of the window. */
export const convolutionOptions = (axes: Axes = 2) => ({
  strides: Type.Optional(perAxis(positiveInteger(), { description: moves[axes], default: 1 }, axes)),
  padding: padding(),
  dataFormat: dataFormat(),
});

export const dilationRate = (axes: Axes = 2) =>
  Type.Optional(
    perAxis(
      positiveInteger(),
      {
        description:
          'Distance between the taps of the window. Above 1, tfjs computes the layer but cannot train it, and strides must be 1.',
        default: 1,
      },
      axes,
    ),
  );

export const outputOptions = { activation: activation(), useBias: useBias() };
export const biasOptions = weightOptions('bias', 'zeros');

export interface ConvolutionOptions {
  readonly kernelSize: PerAxis;
  readonly strides?: PerAxis;
  readonly padding?: 'valid' | 'same';
  readonly dataFormat?: DataFormat;
  readonly dilationRate?: PerAxis;
}

interface FilterOptions extends ConvolutionOptions {
  readonly filters: number;
  readonly useBias?: boolean;
}

/** Of a kind's options, in tfjs's words. */
export const windowOf = (options: ConvolutionOptions, axes: Axes = 2): Window => ({
  size: axisValues(options.kernelSize, axes),
  strides: axisValues(options.strides ?? 1, axes),
  dilation: axisValues(options.dilationRate ?? 1, axes),
  padding: options.padding ?? 'valid',
});

/** The shape of the output, which has `channels(input channels)` channels. */
export function convolutionShape(
  options: ConvolutionOptions,
  input: Shape,
  channels: (inputChannels: number) => number,
  axes: Axes = 2,
): Shape | Problem {
  const wrong = requireImage(input, options.dataFormat, axes) ?? dilatedStrides(options, axes);
  if (wrong) return wrong;
  const image = imageOf(input, options.dataFormat);
  const spatial = windowPositions(image.spatial, windowOf(options, axes), input);
  return isProblem(spatial)
    ? spatial
    : imageShape({ spatial, channels: channels(image.channels) }, options.dataFormat);
}

const dilated = ({ dilationRate = 1 }: ConvolutionOptions) =>
  axisValues(dilationRate).some((rate) => rate > 1);

/** `2x1` */
const inWords = (value: PerAxis = 1, axes: Axes) => axisValues(value, axes).join('x');

function dilatedStrides(options: ConvolutionOptions, axes: Axes): Problem | undefined {
  const strided = axisValues(options.strides ?? 1, axes).some((stride) => stride > 1);
  if (!dilated(options) || !strided) return undefined;
  return {
    code: 'conflicting-options',
    message: `has strides ${inWords(options.strides, axes)} and dilationRate ${inWords(options.dilationRate, axes)}, but only one of them can be larger than 1`,
    option: 'dilationRate',
  };
}

export function dilationTrainingProblem(options: ConvolutionOptions, axes: Axes = 2): Problem | undefined {
  if (!dilated(options)) return undefined;
  return {
    code: 'not-trainable',
    message: `has dilationRate ${inWords(options.dilationRate, axes)}, for which tfjs has no gradient`,
    option: 'dilationRate',
    hint: 'use dilationRate 1, or compile the model for inference only',
  };
}

const withBias = ({ filters, useBias }: FilterOptions, kernel: Weight) =>
  useBias === false ? [kernel] : [kernel, weight('bias', [filters])];

/** What a convolution with a kernel of [window, input channels, filters] is. */
export const plainConvolution = (axes: Axes) => ({
  outputShape: (options: FilterOptions, input: Shape) =>
    convolutionShape(options, input, () => options.filters, axes),
  weights(options: FilterOptions, input: Shape) {
    const { channels } = imageOf(input, options.dataFormat);
    const kernel = [...axisValues(options.kernelSize, axes), channels, options.filters];
    return withBias(options, weight('kernel', kernel));
  },
  /** Every output is a sum over the window and the input channels. */
  multiplyAdds: (options: FilterOptions, input: Shape, output: Shape) =>
    sizeOf(output) *
    sizeOf(axisValues(options.kernelSize, axes)) *
    imageOf(input, options.dataFormat).channels,
  trainingProblem: (options: FilterOptions) => dilationTrainingProblem(options, axes),
});

/** The image on which the window has as many positions as these; tfjs's `deconvLength`. */
export const transposedSizes = (
  positions: readonly number[],
  { size, strides, padding }: Window,
): readonly number[] =>
  positions.map((length, axis) => {
    const excess = padding === 'same' ? 0 : Math.max(size[axis]! - strides[axis]!, 0);
    return length * strides[axis]! + excess;
  });

/** What a transposed convolution with a kernel of [window, filters, input channels] is. */
export const transposedConvolution = (axes: Axes) => ({
  outputShape(options: FilterOptions, input: Shape) {
    const wrong = requireImage(input, options.dataFormat, axes);
    if (wrong) return wrong;
    const spatial = transposedSizes(imageOf(input, options.dataFormat).spatial, windowOf(options, axes));
    return imageShape({ spatial, channels: options.filters }, options.dataFormat);
  },
  weights(options: FilterOptions, input: Shape) {
    const { channels } = imageOf(input, options.dataFormat);
    const kernel = [...axisValues(options.kernelSize, axes), options.filters, channels];
    return withBias(options, weight('kernel', kernel));
  },
  /** Every input is multiplied with the window, once for each filter. */
  multiplyAdds: (options: FilterOptions, input: Shape) =>
    sizeOf(input) * sizeOf(axisValues(options.kernelSize, axes)) * options.filters,
});
