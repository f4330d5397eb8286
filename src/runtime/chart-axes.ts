/** Axes with round ends and round ticks, worked out by hand, since labels are placed by the same numbers. */

export interface Axis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  /** In the notation of d3-format. */
  readonly format: string;
}

/** Whole epochs only; a little room at both ends, so that points do not sit on the frame. */
export function epochAxis(epochs: readonly number[]): Axis {
  const first = Math.min(...epochs);
  const last = Math.max(...epochs);
  if (first === last) return { domain: [first - 1, first + 1], ticks: [first], format: 'd' };
  const room = (last - first) * 0.035;
  const step = Math.max(1, niceStep((last - first) / (last < 100 ? 12 : 7)));
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return { domain: [first - room, last + room], ticks, format: 'd' };
}

/**
 * From one round number to another, around all values (each below 1e300); never below zero where no value is.
 * Values that differ by rounding only count as equal and get room on both sides.
 */
export function valueAxis(values: readonly number[]): Axis {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const flat = high - low <= size * 1e-9 || high - low < 1e-200;
  const span = !flat ? high - low : size < 1e-200 ? 1 : size;
  const room = flat ? span / 2 : 0;
  const step = niceStep(span / 5);
  const from = Math.floor((low - room) / step);
  const to = Math.ceil((high + room) / step);
  const bottom = low >= 0 ? Math.max(0, from) : from;
  const ticks = Array.from({ length: to - bottom + 1 }, (_, index) => (bottom + index) * step);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const format = decimals > 4 || step >= 1e5 ? '~e' : `.${decimals}f`;
  return { domain: [bottom * step, to * step], ticks, format };
}

/** The round number (1, 2 or 5 times a power of ten) that is next to `step` from above. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((round) => round * power >= step * (1 - 1e-9)) ?? 10;
  return factor * power;
}
