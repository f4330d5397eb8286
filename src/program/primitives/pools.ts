/** Maxima and means over the windows of an image of [height, width, channels]. What lies outside does not count. */
import { type Gradient, type Make, misfit } from '../primitive.js';
import type { Pair, Value, Window } from '../value.js';

type Pool = 'maxPool' | 'averagePool';

export function pool(make: Make, kind: Pool, x: Value, window: Window, output: Pair): Value {
  if (x.shape.length !== 3) throw misfit(kind, [x], 'needs [H, W, C]');
  return make({ kind, window }, [x], [...output, x.shape[2]!]);
}

/** The gradient of `x` where that of its maxima is `dy`. */
export function maxPoolInput(make: Make, x: Value, dy: Value, window: Window): Value {
  return make({ kind: 'maxPoolInput', window }, [x, dy], x.shape);
}

/** The gradient of an image of `size` where that of its means is `dy`. */
export function averagePoolInput(make: Make, dy: Value, window: Window, size: Pair): Value {
  return make({ kind: 'averagePoolInput', window }, [dy], [...size, dy.shape[2]!]);
}

export const maxPoolGradient: Gradient<'maxPool'> = ({ inputs, operation }, dy, p) => [
  p.maxPoolInput(inputs[0]!, dy, operation.window),
];

export const averagePoolGradient: Gradient<'averagePool'> = ({ inputs, operation }, dy, p) => [
  p.averagePoolInput(dy, operation.window, [inputs[0]!.shape[0]!, inputs[0]!.shape[1]!]),
];
