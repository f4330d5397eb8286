/** Convolutions, matrix products and pools. Windows on images of one row, as those of sequences, have one axis. */
import { type Pair, type Shape, sizeOf, type Value, type Window } from '../../program/index.js';
import type { FormOf } from './form.js';
import { completeLayout, essence, isPlain, type Layout, plainLayout } from './layout.js';
import { type Lowering, type Place, relabel } from './lowering.js';
import { type Attributes, int, ints } from './onnx-graph.js';

export function lowerConvolution(value: Value, form: FormOf<'convolution'>, lowering: Lowering): Place {
  const { at, x, window, bias } = form;
  const { draft, program: p, ownerOf, nameOf, inLayout, initializer } = lowering;
  const owner = ownerOf(at);
  const axes = axesOf(x.shape, at.shape, window);
  const layout = [2, ...axes];
  const kernel = arrangedKernel(form, lowering);
  const used = axes.length === 1 ? p.reshape(kernel, kernel.shape.toSpliced(2, 1)) : kernel;
  const inputs = [
    inLayout(x, layout),
    initializer(used, plainLayout(used.shape), owner, 'kernel'),
    ...(bias === undefined ? [] : [initializer(bias, [0], owner, 'bias')]),
  ];
  const { kind } = at.operation;
  const [operator, attributes] =
    kind === 'convolveInput'
      ? ['ConvTranspose', transposedMargins(x.shape, at.shape, window, axes)]
      : ['Conv', margins(x.shape, at.shape, window, axes)];
  const group = kind === 'depthwise' ? { group: int(x.shape[2]!) } : {};
  const all = { ...windowAttributes(window, axes), ...attributes, ...group };
  const tensor = draft.node(owner, operator, inputs, all, nameOf(value));
  return relabel({ tensor, layout }, at.shape, value.shape, owner, lowering);
}

/** [filters, channels, height, width], and of a transposed convolution [its channels, filters, height, width]. */
function arrangedKernel({ at, kernel }: FormOf<'convolution'>, { program: p }: Lowering): Value {
  if (at.operation.kind !== 'depthwise') return p.transpose(kernel, [3, 2, 0, 1]);
  const [height, width] = kernel.shape as readonly [number, number, number, number];
  return p.reshape(p.transpose(kernel, [2, 3, 0, 1]), [at.shape[2]!, 1, height, width]);
}

/** The axes that a window has: a sequence is an image of one row. */
function axesOf(image: Shape, output: Shape, { size, before }: Window): readonly (0 | 1)[] {
  return image[0] === 1 && output[0] === 1 && size[0] === 1 && before[0] === 0 ? [1] : [0, 1];
}

function windowAttributes({ size, strides, dilations }: Window, axes: readonly (0 | 1)[]): Attributes {
  const along = (pair: Pair) => ints(axes.map((axis) => pair[axis]));
  return {
    kernel_shape: along(size),
    strides: along(strides),
    ...(dilations.some((dilation) => dilation !== 1) && { dilations: along(dilations) }),
  };
}

const reachOf = ({ size, dilations }: Window, axis: 0 | 1) => (size[axis] - 1) * dilations[axis] + 1;

/** As much behind the image as the last position of the window needs. */
function margins(image: Shape, output: Shape, window: Window, axes: readonly (0 | 1)[]): Attributes {
  const { strides, before } = window;
  const after = axes.map((axis) =>
    Math.max(0, (output[axis]! - 1) * strides[axis] + reachOf(window, axis) - image[axis]! - before[axis]),
  );
  return { pads: ints([...axes.map((axis) => before[axis]), ...after]) };
}

/** What is cut off the full output, and where that is too short, what is added behind it. */
function transposedMargins(
  image: Shape,
  output: Shape,
  window: Window,
  axes: readonly (0 | 1)[],
): Attributes {
  const { strides, before } = window;
  const after = axes.map(
    (axis) => (image[axis]! - 1) * strides[axis] + reachOf(window, axis) - before[axis] - output[axis]!,
  );
  const added = after.map((excess) => Math.max(0, -excess));
  return {
    pads: ints([...axes.map((axis) => before[axis]), ...after.map((excess) => Math.max(0, excess))]),
    ...(added.some((rows) => rows > 0) && { output_padding: ints(added) }),
  };
}

export function lowerPool(value: Value, { at, x }: FormOf<'pool'>, lowering: Lowering): Place {
  const { draft, ownerOf, nameOf, inLayout } = lowering;
  const { kind, window } = at.operation;
  const axes = axesOf(x.shape, at.shape, window);
  const layout = [2, ...axes];
  const attributes = { ...windowAttributes(window, axes), ...margins(x.shape, at.shape, window, axes) };
  const operator = kind === 'maxPool' ? 'MaxPool' : 'AveragePool';
  return {
    tensor: draft.node(ownerOf(value), operator, [inLayout(x, layout)], attributes, nameOf(value)),
    layout,
  };
}

export function lowerProduct(value: Value, form: FormOf<'product'>, lowering: Lowering): Place {
  const { at, x, isOneRow, kernel, bias } = form;
  const { draft, program: p, ownerOf, nameOf, placeOf, inLayout, initializer } = lowering;
  const { tensor: given, layout } = placeOf(x);
  const owner = ownerOf(at);
  if (isOneRow) {
    const size = sizeOf(x.shape);
    const rows = initializer(rowsInOrder(kernel, x.shape, layout, lowering), [0, 1], owner, 'kernel');
    // The layer that flattens has made this very value, though the program has no need of it.
    const flattening = ownerOf(p.reshape(x, [size]));
    const row = layout.length === 1 ? given : lowering.reshaped(given, [size], flattening);
    const term = bias === undefined ? [] : [initializer(bias, [0], owner, 'bias')];
    const product = draft.node(owner, 'Gemm', [row, rows, ...term], {}, nameOf(value));
    return relabel({ tensor: product, layout: [2] }, at.shape, value.shape, owner, lowering);
  }
  if (!isPlain(essence(x.shape, layout))) {
    const window = at.operation.window;
    const asWindow = p.reshape(kernel, [1, 1, ...kernel.shape]);
    return lowerConvolution(value, { kind: 'convolution', at, x, window, kernel: asWindow, bias }, lowering);
  }
  const factors = [inLayout(x, [1, 2]), initializer(kernel, [0, 1], owner, 'kernel')];
  const name = nameOf(value);
  const tensor =
    bias === undefined
      ? draft.node(owner, 'MatMul', factors, {}, name)
      : draft.node(
          owner,
          'Add',
          [draft.node(owner, 'MatMul', factors), initializer(bias, [0], owner, 'bias')],
          {},
          name,
        );
  return relabel({ tensor, layout: [1, 2] }, at.shape, value.shape, owner, lowering);
}

/** The rows of a kernel [n, F] for an input whose n values lie in another order. */
function rowsInOrder(kernel: Value, shape: Shape, layout: Layout, { program: p }: Lowering): Value {
  if (isPlain(essence(shape, layout))) return kernel;
  const all = p.reshape(kernel, [...shape, kernel.shape[1]!]);
  return p.reshape(p.transpose(all, [...completeLayout(layout, shape), shape.length]), kernel.shape);
}
