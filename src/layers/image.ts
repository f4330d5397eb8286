/** Sequences, images and volumes, in either data format: values with channels along one to three spatial axes. */
import { isProblem, type Problem, requireRank } from './problem.js';
import type { Shape } from './shape.js';

export type DataFormat = 'channelsFirst' | 'channelsLast';

/** How many spatial axes there are: 1 for a sequence, 2 for an image, 3 for a volume. */
export type Axes = 1 | 2 | 3;

export interface Image {
  /** [steps], [height, width] or [depth, height, width] */
  readonly spatial: readonly number[];
  readonly channels: number;
}

const spatialNames: Readonly<Record<Axes, string>> = {
  1: 'steps',
  2: 'height, width',
  3: 'depth, height, width',
};

/** The parts of a shape that has one dimension more than there are spatial axes. */
export function imageOf(shape: Shape, dataFormat: DataFormat = 'channelsLast'): Image {
  return dataFormat === 'channelsFirst'
    ? { spatial: shape.slice(1), channels: shape[0]! }
    : { spatial: shape.slice(0, -1), channels: shape[shape.length - 1]! };
}

export function imageShape({ spatial, channels }: Image, dataFormat: DataFormat = 'channelsLast'): Shape {
  return dataFormat === 'channelsFirst' ? [channels, ...spatial] : [...spatial, channels];
}

/** Says so where the input has not the dimensions of an image. */
export function requireImage(input: Shape, dataFormat?: DataFormat, axes: Axes = 2): Problem | undefined {
  const names = spatialNames[axes];
  return requireRank(
    input,
    axes + 1,
    dataFormat === 'channelsFirst' ? `[channels, ${names}]` : `[${names}, channels]`,
  );
}

/** The shape that `change` makes of an image, whose channels it keeps. */
export function mapImage(
  input: Shape,
  dataFormat: DataFormat | undefined,
  change: (spatial: readonly number[]) => readonly number[] | Problem,
  axes: Axes = 2,
): Shape | Problem {
  const wrong = requireImage(input, dataFormat, axes);
  if (wrong) return wrong;
  const { spatial, channels } = imageOf(input, dataFormat);
  const changed = change(spatial);
  return isProblem(changed) ? changed : imageShape({ spatial: changed, channels }, dataFormat);
}
