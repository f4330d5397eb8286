/** Images in either data format. */
import { isProblem, type Problem, requireRank } from './problem.js';
import type { Shape } from './shape.js';

export type DataFormat = 'channelsFirst' | 'channelsLast';

export interface Image {
  /** [height, width] */
  readonly spatial: readonly [number, number];
  readonly channels: number;
}

/** The parts of an image's shape, which must have three dimensions. */
export function imageOf(shape: Shape, dataFormat: DataFormat = 'channelsLast'): Image {
  const [first, second, third] = shape as [number, number, number];
  return dataFormat === 'channelsFirst'
    ? { spatial: [second, third], channels: first }
    : { spatial: [first, second], channels: third };
}

export function imageShape({ spatial, channels }: Image, dataFormat: DataFormat = 'channelsLast'): Shape {
  return dataFormat === 'channelsFirst' ? [channels, ...spatial] : [...spatial, channels];
}

/** Says so where the input is no image. */
export function requireImage(input: Shape, dataFormat?: DataFormat): Problem | undefined {
  return requireRank(
    input,
    3,
    dataFormat === 'channelsFirst' ? '[channels, height, width]' : '[height, width, channels]',
  );
}

/** The shape that `change` makes of an image, whose channels it keeps. */
export function mapImage(
  input: Shape,
  dataFormat: DataFormat | undefined,
  change: (spatial: readonly [number, number]) => readonly [number, number] | Problem,
): Shape | Problem {
  const wrong = requireImage(input, dataFormat);
  if (wrong) return wrong;
  const { spatial, channels } = imageOf(input, dataFormat);
  const changed = change(spatial);
  return isProblem(changed) ? changed : imageShape({ spatial: changed, channels }, dataFormat);
}
