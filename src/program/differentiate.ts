/** Reverse-mode differentiation: the gradients of a number, as further values of the same program. */
import type { ProgramBuilder } from './builder.js';
import type { Gradient } from './primitive.js';
import { convolveGradient, convolveInputGradient, convolveKernelGradient } from './primitives/convolve.js';
import { depthwiseGradient } from './primitives/depthwise.js';
import { mapGradient } from './primitives/map.js';
import { averagePoolGradient, maxPoolGradient } from './primitives/pools.js';
import { reduceGradient } from './primitives/reduce.js';
import {
  broadcastGradient,
  concatGradient,
  padGradient,
  reshapeGradient,
  sliceGradient,
  transposeGradient,
} from './primitives/views.js';
import { type OperationKind, sizeOf, type Value } from './value.js';

const none = () => [];

const gradientRules: { readonly [Kind in OperationKind]: Gradient<Kind> | undefined } = {
  source: none,
  constant: none,
  random: none,
  map: mapGradient,
  reduce: reduceGradient,
  reshape: reshapeGradient,
  transpose: transposeGradient,
  slice: sliceGradient,
  pad: padGradient,
  concat: concatGradient,
  broadcast: broadcastGradient,
  stopGradient: () => [undefined],
  convolve: convolveGradient,
  convolveInput: convolveInputGradient,
  convolveKernel: convolveKernelGradient,
  depthwise: depthwiseGradient,
  maxPool: maxPoolGradient,
  averagePool: averagePoolGradient,
  // No layer is made of these, so that nobody needs their gradients.
  depthwiseInput: undefined,
  depthwiseKernel: undefined,
  maxPoolInput: undefined,
  averagePoolInput: undefined,
};

/**
 * The gradients of `loss`, a shared value of one number, with respect to `sources`, in their order and shapes.
 * Undefined for a source that the loss does not depend on in a way that has a gradient.
 */
export function differentiate(
  loss: Value,
  sources: readonly Value[],
  p: ProgramBuilder,
): readonly (Value | undefined)[] {
  if (sizeOf(loss.shape) !== 1 || loss.batched)
    throw new Error('only the gradient of one number can be taken');
  const needed = dependents(loss, new Set(sources));
  const gradients = new Map<Value, Value>([[loss, p.broadcast(p.constant([1], loss.shape), loss.shape)]]);
  for (const value of [...needed].sort((one, other) => other.id - one.id)) {
    const dy = gradients.get(value);
    if (dy === undefined || value.inputs.length === 0) continue;
    const rule = gradientRules[value.operation.kind] as Gradient<OperationKind> | undefined;
    if (rule === undefined) throw new Error(`${value.operation.kind} has no gradient`);
    const parts = rule(value, dy, p);
    for (const [index, operand] of value.inputs.entries()) {
      const part = parts[index];
      if (part === undefined || !needed.has(operand)) continue;
      const known = gradients.get(operand);
      gradients.set(operand, known === undefined ? part : p.add(known, part));
    }
  }
  return sources.map((source) => gradients.get(source));
}

/** Everything between the sources and the loss. */
function dependents(loss: Value, sources: ReadonlySet<Value>): ReadonlySet<Value> {
  const depends = new Map<Value, boolean>();
  for (const value of valuesBefore([loss])) {
    depends.set(value, sources.has(value) || value.inputs.some((operand) => depends.get(operand)));
  }
  return new Set([...depends].filter(([, does]) => does).map(([value]) => value));
}

/** All that the values are made of, and themselves, each after its inputs. */
export function valuesBefore(values: readonly Value[]): readonly Value[] {
  const found = new Set<Value>();
  const pending = [...values];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (found.has(value)) continue;
    found.add(value);
    pending.push(...value.inputs);
  }
  return [...found].sort((one, other) => one.id - other.id);
}
