/** Finds where entries are repeated along axes, which upsampling writes as a broadcast between two reshapes. */
import { isOf, type ProgramBuilder, sameShape, type Value } from '../../program/index.js';

export interface Enlargement {
  readonly x: Value;
  /** One for each axis: how often its entries follow each other. */
  readonly factors: readonly number[];
}

/** All repetitions that end in the value, as one. */
export function enlargementOf(value: Value, p: ProgramBuilder): Enlargement | undefined {
  const [repeated] = value.inputs;
  if (!isOf(value, 'reshape') || !isOf(repeated!, 'broadcast')) return undefined;
  const { shape } = repeated;
  const single = repeated.inputs[0]!;
  const axes = shape.flatMap((length, axis) => (length === single.shape[axis] ? [] : [axis]));
  const [axis] = axes;
  if (axes.length !== 1 || axis === undefined || axis === 0 || !single.batched) return undefined;
  const [length, factor] = [shape[axis - 1]!, shape[axis]!];
  if (!sameShape(value.shape, shape.toSpliced(axis - 1, 2, length * factor))) return undefined;
  const x = p.reshape(single, single.shape.toSpliced(axis, 1));
  const before = enlargementOf(x, p) ?? { x, factors: x.shape.map(() => 1) };
  return { x: before.x, factors: before.factors.with(axis - 1, before.factors[axis - 1]! * factor) };
}
