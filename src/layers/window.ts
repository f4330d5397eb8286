/** The arithmetic of sliding windows, shared by convolutions and poolings. */
import type { Problem } from './define-layer.js';
import { formatShape, type Shape } from './shape.js';

export interface Window {
  /** One value an axis. */
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: 'valid' | 'same';
}

/** [spatial axes, channels] of an image in either data format, and back. */
export function splitChannels(shape: Shape, channelsFirst: boolean): { spatial: Shape; channels: number } {
  return channelsFirst
    ? { spatial: shape.slice(1), channels: shape[0]! }
    : { spatial: shape.slice(0, -1), channels: shape[shape.length - 1]! };
}
export function joinChannels(spatial: Shape, channels: number, channelsFirst: boolean): Shape {
  return channelsFirst ? [channels, ...spatial] : [...spatial, channels];
}

/** How many positions a window has along each axis; tfjs's `convOutputLength`. */
export function windowPositions(input: Shape, window: Window, whole: Shape = input): Shape | Problem {
  const reach = window.size.map((size, axis) => (size - 1) * window.dilation[axis]! + 1);
  if (window.padding === 'valid' && input.some((length, axis) => length < reach[axis]!)) {
    return {
      code: 'kernel-larger-than-input',
      message: `needs at least ${formatShape(reach)}, but gets ${formatShape(whole)}`,
      hint: "use a smaller window, 'padding: same', or fewer poolings before it",
    };
  }
  return input.map((length, axis) => {
    const span = window.padding === 'same' ? length : length - reach[axis]! + 1;
    return Math.ceil(span / window.strides[axis]!);
  });
}

/** The input must be an image: `wanted` names its axes for the message. */
export function requireRank(input: Shape, rank: number, wanted: string): Problem | undefined {
  if (input.length === rank) return undefined;
  return {
    code: 'wrong-input-rank',
    message: `needs an input of ${rank} dimension${rank === 1 ? '' : 's'}, ${wanted}, but gets ${formatShape(input)}`,
    hint:
      input.length > rank ? "insert 'flatten' or a global pooling before it" : "insert 'reshape' before it",
  };
}
