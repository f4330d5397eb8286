/**
 * Convolutions of each channel by itself: x [H, W, C] and w [h, w, C, M] give [H', W', C · M], where the filters of a
 * channel lie side by side.
 */
import { type Gradient, type Make, misfit } from '../primitive.js';
import type { Pair, Value, Window } from '../value.js';

export function depthwise(make: Make, x: Value, kernel: Value, window: Window, output: Pair): Value {
  const [, , channels, multiplier] = kernel.shape;
  if (x.shape.length !== 3 || kernel.shape.length !== 4 || x.shape[2] !== channels || kernel.batched) {
    throw misfit('depthwise', [x, kernel], 'needs [H, W, C] and a shared [h, w, C, M]');
  }
  return make({ kind: 'depthwise', window }, [x, kernel], [...output, channels! * multiplier!]);
}

export function depthwiseInput(make: Make, y: Value, kernel: Value, window: Window, size: Pair): Value {
  const [, , channels, multiplier] = kernel.shape;
  if (y.shape.length !== 3 || kernel.shape.length !== 4 || y.shape[2] !== channels! * multiplier!) {
    throw misfit('depthwiseInput', [y, kernel], 'needs [H, W, C · M] and a shared [h, w, C, M]');
  }
  return make({ kind: 'depthwiseInput', window }, [y, kernel], [...size, channels!]);
}

export function depthwiseKernel(make: Make, x: Value, y: Value, window: Window): Value {
  const multiplier = y.shape[2]! / x.shape[2]!;
  if (x.shape.length !== 3 || y.shape.length !== 3 || !Number.isInteger(multiplier)) {
    throw misfit('depthwiseKernel', [x, y], 'needs [H, W, C] and [H, W, C · M]');
  }
  return make({ kind: 'depthwiseKernel', window }, [x, y], [...window.size, x.shape[2]!, multiplier], false);
}

const sizeOf = ({ shape }: Value): Pair => [shape[0]!, shape[1]!];

export const depthwiseGradient: Gradient<'depthwise'> = ({ inputs, operation }, dy, p) => {
  const [x, kernel] = inputs as [Value, Value];
  const { window } = operation;
  return [p.depthwiseInput(dy, kernel, window, sizeOf(x)), p.depthwiseKernel(x, dy, window)];
};
