/** Pictures of twenty kinds: shapes, stripes and a gradient, in varying places, sizes, colours and light. */
import type { Drawing } from './drawing.js';
import type { Stream } from './stream.js';

/**
 * How far a point lies inside the figure (positive) or outside of it, in units of the figure's size, which
 * reaches from -1 to 1 in both axes; y points down.
 */
type Figure = (x: number, y: number) => number;

/** A wave of straight lines between -1 and 1 with a period of `period`. */
function wave(position: number, period: number): number {
  const phase = position / period;
  return 4 * Math.abs(phase - Math.floor(phase + 0.5)) - 1;
}

const radius = (x: number, y: number) => Math.sqrt(x * x + y * y);
const stripes = (position: number) => 0.15 * wave(position, 0.6);
const plus = (x: number, y: number) =>
  Math.max(
    Math.min(0.95 - Math.abs(x), 0.28 - Math.abs(y)),
    Math.min(0.28 - Math.abs(x), 0.95 - Math.abs(y)),
  );

const figures: readonly (readonly [name: string, figure: Figure])[] = [
  ['disc', (x, y) => 0.9 - radius(x, y)],
  ['square', (x, y) => 0.8 - Math.max(Math.abs(x), Math.abs(y))],
  ['triangle', (x, y) => Math.min(0.75 - y, 0.45 * (y + 0.95) - 0.85 * Math.abs(x))],
  ['cross', plus],
  ['ring', (x, y) => 0.2 - Math.abs(radius(x, y) - 0.75)],
  ['horizontal stripes', (_, y) => stripes(y)],
  ['vertical stripes', (x) => stripes(x)],
  ['diagonal stripes', (x, y) => stripes((x + y) / Math.SQRT2)],
  ['checkerboard', (x, y) => 0.2 * wave(x, 0.9) * wave(y, 0.9)],
  ['gradient', (x) => 0.05 * x],
  ['diamond', (x, y) => (0.95 - Math.abs(x) - Math.abs(y)) / Math.SQRT2],
  ['frame', (x, y) => 0.18 - Math.abs(Math.max(Math.abs(x), Math.abs(y)) - 0.7)],
  ['x', (x, y) => plus((x + y) / Math.SQRT2, (x - y) / Math.SQRT2)],
  ['two discs', (x, y) => 0.4 - radius(Math.abs(x) - 0.5, y)],
  ['dots', (x, y) => 0.17 - radius(0.2 * (wave(x, 0.8) + 1), 0.2 * (wave(y, 0.8) + 1))],
  ['horizontal bar', (x, y) => Math.min(0.95 - Math.abs(x), 0.3 - Math.abs(y))],
  ['vertical bar', (x, y) => Math.min(0.3 - Math.abs(x), 0.95 - Math.abs(y))],
  ['half disc', (x, y) => Math.min(0.9 - radius(x, y), y + 0.1)],
  ['grid', (x, y) => 0.15 * Math.max(wave(x, 0.8), wave(y, 0.8)) - 0.08],
  ['counter-diagonal stripes', (x, y) => stripes((x - y) / Math.SQRT2)],
];

export const mostPictures = figures.length;

/** Images of [height, width, channels], at least 8 by 8. */
export function pictures(height: number, width: number, channels: number, classes: number): Drawing {
  const kinds = figures.slice(0, classes);
  const background = new Float64Array(channels);
  const foreground = new Float64Array(channels);
  return {
    classNames: kinds.map(([name]) => name),
    draw(label, stream, into) {
      const figure = kinds[label]![1];
      const scale = Math.min(height, width) / 2;
      const size = stream.between(0.45, 0.8);
      const [centreX, centreY] = [stream.between(-0.3, 0.3), stream.between(-0.3, 0.3)];
      const [cosine, sine] = smallTurn(stream);
      const sharpness = stream.between(0.5, 1) * scale * size;
      mixColours(stream, background, foreground);
      const noise = stream.between(0.04, 0.16);
      let position = 0;
      for (let row = 0; row < height; row++) {
        const v = (row + 0.5 - height / 2) / scale - centreY;
        for (let column = 0; column < width; column++) {
          const u = (column + 0.5 - width / 2) / scale - centreX;
          const inside = figure((u * cosine + v * sine) / size, (v * cosine - u * sine) / size);
          const share = Math.min(1, Math.max(0, 0.5 + inside * sharpness));
          let bits = 0;
          for (let channel = 0; channel < channels; channel++) {
            bits = channel % 2 === 0 ? stream.bits() : bits >>> 16;
            // The sum of two random bytes: a triangular distribution from -1 to 1.
            const grain = ((bits & 0xff) + ((bits >>> 8) & 0xff) - 255) / 255;
            const from = background[channel]!;
            into[position++] = 255 * (from + share * (foreground[channel]! - from) + noise * grain);
          }
        }
      }
    },
  };
}

/** Cosine and sine of an angle within 15 degrees, from the rational points of the circle. */
function smallTurn(stream: Stream): readonly [number, number] {
  const t = stream.between(-0.13, 0.13);
  return [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
}

/** Dark on light or light on dark, in random tints. */
function mixColours(stream: Stream, background: Float64Array, foreground: Float64Array): void {
  const level = stream.between(0.1, 0.9);
  const contrast = (level < 0.5 ? 1 : -1) * stream.between(0.25, 0.6);
  for (let channel = 0; channel < background.length; channel++) {
    background[channel] = level + stream.between(-0.1, 0.1);
    foreground[channel] = background[channel]! + contrast * stream.between(0.3, 1);
  }
}
