/** What the forward passes of sequences and images share: one format to compute in, windows, biases. */
import type { Window as ImageWindow, Pair, ProgramBuilder, Value } from '../program/index.js';
import { type ActivationName, activate } from './activations.js';
import { type ConvolutionOptions, windowOf } from './convolution.js';
import type { ForwardContext } from './forward.js';
import type { DataFormat } from './image.js';
import { type Window, windowPositions } from './window.js';

/** Computes on [height, width, channels]; a sequence is an image of one row. */
export function onImage(
  x: Value,
  dataFormat: DataFormat | undefined,
  p: ProgramBuilder,
  compute: (image: Value) => Value,
): Value {
  if (dataFormat === 'channelsFirst') {
    return p.transpose(compute(p.transpose(x, [1, 2, 0])), [2, 0, 1]);
  }
  if (x.shape.length === 3) return compute(x);
  const y = compute(p.reshape(x, [1, ...x.shape]));
  return p.reshape(y, y.shape.slice(1));
}

/** Of an image of [height, width, channels]. */
export const spatialOf = ({ shape }: Value): Pair => [shape[0]!, shape[1]!];

interface PlacedWindow {
  readonly window: ImageWindow;
  /** How many positions it has. */
  readonly output: Pair;
}

/** A layer's window on an image, or on the one row of a sequence, with tfjs's padding: the odd row or column is last. */
export function placeWindow(spatial: Pair, given: Window): PlacedWindow {
  const [size, strides, dilations] = [pairOf(given.size), pairOf(given.strides), pairOf(given.dilation)];
  const window = { ...given, size, strides, dilation: dilations };
  const output = windowPositions(spatial, window, spatial) as Pair;
  const before = spatial.map((length, axis) => {
    const reach = (size[axis]! - 1) * dilations[axis]! + 1;
    const lacking = (output[axis]! - 1) * strides[axis]! + reach - length;
    return given.padding === 'same' ? Math.max(0, Math.floor(lacking / 2)) : 0;
  });
  return { window: { size, strides, dilations, before: pairOf(before) }, output };
}

const pairOf = (values: readonly number[]): Pair =>
  values.length === 1 ? [1, values[0]!] : [values[0]!, values[1]!];

/** A window of one place, which mixes channels. */
export const pointwise: ImageWindow = { size: [1, 1], strides: [1, 1], dilations: [1, 1], before: [0, 0] };

/** A kernel along one axis as one of images. */
const imageKernel = (kernel: Value, p: ProgramBuilder): Value =>
  kernel.shape.length === 4 ? kernel : p.reshape(kernel, [1, ...kernel.shape]);

interface OutputOptions {
  readonly activation?: ActivationName;
  readonly useBias?: boolean;
}

/** With the bias, where there is one, along the last axis. */
export const addBias = (y: Value, { useBias }: OutputOptions, context: ForwardContext): Value =>
  useBias === false ? y : context.program.add(y, context.weight('bias'));

/** A convolution with its bias and activation. tfjs applies the latter in the layer's own format: softmax shows it. */
export function convolved(
  x: Value,
  options: OutputOptions & { readonly dataFormat?: DataFormat },
  context: ForwardContext,
  convolve: (image: Value) => Value,
): Value {
  const { program: p } = context;
  const { activation = 'linear', dataFormat } = options;
  const biased = (image: Value) => addBias(convolve(image), options, context);
  return dataFormat === 'channelsFirst'
    ? activate(activation, onImage(x, dataFormat, p, biased), p)
    : onImage(x, dataFormat, p, (image) => activate(activation, biased(image), p));
}

/** The forward pass of a convolution along one or two axes with a kernel of [window, input channels, filters]. */
export const plainForward =
  (axes: 1 | 2) =>
  (options: ConvolutionOptions & OutputOptions, x: Value, context: ForwardContext): Value =>
    convolved(x, options, context, (image) => {
      const { program: p } = context;
      const { window, output } = placeWindow(spatialOf(image), windowOf(options, axes));
      return p.convolve(image, imageKernel(context.weight('kernel'), p), window, output);
    });
