/** Axes of a layer's input as tfjs counts them: the batch is axis 0, negative ones count from the end. */
import type { Problem } from './problem.js';
import { describeShape, type Shape } from './shape.js';

/** The axes counted from 1, the first one after the batch, each once; or why there are none such. */
export function inputAxes(
  axes: number | readonly number[],
  input: Shape,
  option: string,
): readonly number[] | Problem {
  const list = typeof axes === 'number' ? [axes] : axes;
  const resolved = list.map((axis) => resolveAxis(axis, input));
  const wrong = list.find((_axis, index) => resolved[index]! < 1 || resolved[index]! > input.length);
  if (wrong !== undefined) {
    return {
      code: 'axis-out-of-range',
      message: `has ${option} ${wrong}, but its input ${describeShape(input)} has ${axesOf(input)}`,
      option,
      ...(resolveAxis(wrong, input) === 0 ? { hint: 'that axis is the batch' } : {}),
    };
  }
  if (new Set(resolved).size < resolved.length) {
    return {
      code: 'conflicting-options',
      message: `has the same axis twice in ${option} [${list.join(', ')}]`,
      option,
    };
  }
  return resolved;
}

const resolveAxis = (axis: number, input: Shape) => (axis < 0 ? axis + input.length + 1 : axis);

const axesOf = ({ length }: Shape) =>
  length === 1 ? 'axis 1, or -1, only' : `axes 1 to ${length}, or -${length} to -1`;
