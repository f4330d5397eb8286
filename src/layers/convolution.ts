/** What the four 2-D convolutions share: options and the rule of their windows. */

import { type DataFormat, imageOf, imageShape, requireImage } from './image.js';
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
import type { Shape } from './shape.js';
import { Type } from './type.js';
import { weightOptions } from './weight-options.js';
import { windowPositions } from './window.js';

export const filters = positiveInteger({ description: 'Number of output channels.' });
export const kernelSize = perAxis(positiveInteger(), {
  description: 'Height and width of the window: one number for both, or [height, width].',
});

/** In this order in the schema, after the size of the window. */
export const convolutionOptions = {
  strides: Type.Optional(
    perAxis(positiveInteger(), { description: 'Steps of the window, down and across.', default: 1 }),
  ),
  padding: padding(),
  dataFormat: dataFormat(),
};

export const dilationRate = Type.Optional(
  perAxis(positiveInteger(), {
    description:
      'Distance between the taps of the window. Above 1, tfjs computes the layer but cannot train it, and strides must be 1.',
    default: 1,
  }),
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

/** The shape of the output, which has `channels(input channels)` channels. */
export function convolutionShape(
  options: ConvolutionOptions,
  input: Shape,
  channels: (inputChannels: number) => number,
): Shape | Problem {
  const wrong = requireImage(input, options.dataFormat) ?? dilatedStrides(options);
  if (wrong) return wrong;
  const image = imageOf(input, options.dataFormat);
  const spatial = windowPositions(
    image.spatial,
    {
      size: axisValues(options.kernelSize),
      strides: axisValues(options.strides ?? 1),
      dilation: axisValues(options.dilationRate ?? 1),
      padding: options.padding ?? 'valid',
    },
    input,
  );
  return isProblem(spatial)
    ? spatial
    : imageShape({ spatial, channels: channels(image.channels) }, options.dataFormat);
}

const dilated = ({ dilationRate = 1 }: ConvolutionOptions) =>
  axisValues(dilationRate).some((rate) => rate > 1);

function dilatedStrides(options: ConvolutionOptions): Problem | undefined {
  const strides = axisValues(options.strides ?? 1);
  if (!dilated(options) || strides.every((stride) => stride === 1)) return undefined;
  return {
    code: 'conflicting-options',
    message: `has strides ${strides.join('x')} and dilationRate ${axisValues(options.dilationRate ?? 1).join('x')}, but only one of them can be larger than 1`,
    option: 'dilationRate',
  };
}

export function dilationTrainingProblem(options: ConvolutionOptions): Problem | undefined {
  if (!dilated(options)) return undefined;
  return {
    code: 'not-trainable',
    message: `has dilationRate ${axisValues(options.dilationRate ?? 1).join('x')}, for which tfjs has no gradient`,
    option: 'dilationRate',
    hint: 'use dilationRate 1, or compile the model for inference only',
  };
}
