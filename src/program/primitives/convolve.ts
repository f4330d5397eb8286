/**
 * Convolutions over images of [height, width, channels], as every dense layer is one too, and what they need to be
 * trained. The three belong together: each gradient of one of them is another.
 *
 *     y[p, f]  = Σ over taps k and channels c of  x[p · stride + k · dilation − before, c] · w[k, c, f]
 */
import { type Gradient, type Make, misfit } from '../primitive.js';
import type { Pair, Value, Window } from '../value.js';

/** x [H, W, C] and w [h, w, C, F] give [*output, F]. */
export function convolve(make: Make, x: Value, kernel: Value, window: Window, output: Pair): Value {
  const [, , channels] = x.shape;
  if (x.shape.length !== 3 || kernel.shape.length !== 4 || channels !== kernel.shape[2] || kernel.batched) {
    throw misfit('convolve', [x, kernel], 'needs [H, W, C] and a shared [h, w, C, F]');
  }
  return make({ kind: 'convolve', window }, [x, kernel], [...output, kernel.shape[3]!]);
}

/** The transposed convolution: y [H, W, F] and w [h, w, C, F] give [*size, C]. */
export function convolveInput(make: Make, y: Value, kernel: Value, window: Window, size: Pair): Value {
  const [, , filters] = y.shape;
  if (y.shape.length !== 3 || kernel.shape.length !== 4 || filters !== kernel.shape[3] || kernel.batched) {
    throw misfit('convolveInput', [y, kernel], 'needs [H, W, F] and a shared [h, w, C, F]');
  }
  return make({ kind: 'convolveInput', window }, [y, kernel], [...size, kernel.shape[2]!]);
}

/** x [H, W, C] and y [H', W', F] give [h, w, C, F], summed over the batch. */
export function convolveKernel(make: Make, x: Value, y: Value, window: Window): Value {
  if (x.shape.length !== 3 || y.shape.length !== 3 || !(x.batched && y.batched)) {
    throw misfit('convolveKernel', [x, y], 'needs two batched images');
  }
  return make({ kind: 'convolveKernel', window }, [x, y], [...window.size, x.shape[2]!, y.shape[2]!], false);
}

const sizeOf = ({ shape }: Value): Pair => [shape[0]!, shape[1]!];

export const convolveGradient: Gradient<'convolve'> = ({ inputs, operation }, dy, p) => {
  const [x, kernel] = inputs as [Value, Value];
  const { window } = operation;
  return [p.convolveInput(dy, kernel, window, sizeOf(x)), p.convolveKernel(x, dy, window)];
};

export const convolveInputGradient: Gradient<'convolveInput'> = ({ inputs, operation }, dy, p) => {
  const [y, kernel] = inputs as [Value, Value];
  const { window } = operation;
  return [p.convolve(dy, kernel, window, sizeOf(y)), p.convolveKernel(dy, y, window)];
};

export const convolveKernelGradient: Gradient<'convolveKernel'> = ({ inputs, operation }, dy, p) => {
  const [x, y] = inputs as [Value, Value];
  const { window } = operation;
  return [p.convolveInput(y, dy, window, sizeOf(x)), p.convolve(x, dy, window, sizeOf(y))];
};
