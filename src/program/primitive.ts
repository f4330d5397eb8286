/** What every primitive of the tensor program is: a way to make it, and its gradient in primitives. */
import type { ProgramBuilder } from './builder.js';
import type { Operation, OperationKind, Shape, Value, ValueOf } from './value.js';

/** Makes a value, or finds the one that was made of the same before. */
export type Make = (operation: Operation, inputs: readonly Value[], shape: Shape, batched?: boolean) => Value;

/**
 * The gradients with respect to the inputs, given that with respect to the value, `dy`, which has its shape and is
 * batched where it is. Undefined for an input that has none: whole numbers, a side that a maximum did not take.
 */
export type Gradient<Kind extends OperationKind> = (
  value: ValueOf<Kind>,
  dy: Value,
  p: ProgramBuilder,
) => readonly (Value | undefined)[];

/** Programs are made by layers and losses, never by people: what does not fit is a bug of ours. */
export function misfit(kind: OperationKind, inputs: readonly Value[], why: string): Error {
  const shapes = inputs.map(({ shape, batched }) => `${batched ? 'batched ' : ''}[${shape.join(', ')}]`);
  return new Error(`${kind} of ${shapes.join(' and ')}: ${why}`);
}
