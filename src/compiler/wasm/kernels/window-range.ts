/** Which part of a window lies inside the image, as numbers where that is the same everywhere. */
import type { Window } from '../../../program/index.js';
import { add, div, type Int, larger, mul, rem, smaller, sub } from '../wat.js';

export interface Range {
  readonly from: Int;
  /** Without it. */
  readonly to: Int;
}

/** The taps of the window at an output place along an axis (0 or 1) that fall on the image, `length` long. */
export function tapsAt(window: Window, axis: 0 | 1, place: Int, length: number, places: number): Range {
  const size = window.size[axis];
  const stride = window.strides[axis];
  const dilation = window.dilations[axis];
  const before = window.before[axis];
  const reach = (places - 1) * stride - before + (size - 1) * dilation;
  // The first tap at an image place of at least zero, and the first beyond the image.
  const from =
    before === 0
      ? 0
      : larger(0, ceilDiv(sub(before, mul(place, stride)), dilation, before + places * stride));
  const to =
    reach < length
      ? size
      : smaller(size, ceilDiv(sub(length + before, mul(place, stride)), dilation, places * stride));
  return { from, to };
}

/** Rounded up; `beyond` keeps what is divided from being negative, since division here is of unsigned numbers. */
function ceilDiv(value: Int, divisor: number, beyond: number): Int {
  if (divisor === 1) return value;
  if (typeof value === 'number') return Math.ceil(value / divisor);
  const whole = Math.ceil(beyond / divisor) + 1;
  return sub(div(add(value, divisor - 1 + whole * divisor), divisor), whole);
}

export interface Taps extends Range {
  readonly step: number;
}

/** The taps through which output places see an image place: `to` is the last of them, plus one. */
export function tapsOnto(window: Window, axis: 0 | 1, place: Int, places: number): Taps {
  const size = window.size[axis];
  const stride = window.strides[axis];
  const dilation = window.dilations[axis];
  const shifted = add(place, window.before[axis]);
  if (dilation === 1) {
    // Taps that are congruent to the place, from the last output place on.
    const from = larger(rem(shifted, stride), sub(shifted, (places - 1) * stride));
    return { from, to: smaller(size, add(shifted, 1)), step: stride };
  }
  if (stride !== 1) throw new Error('a window cannot have both strides and dilations');
  const from = larger(0, ceilDiv(sub(shifted, places - 1), dilation, places));
  return { from, to: smaller(size, add(div(shifted, dilation), 1)), step: 1 };
}
