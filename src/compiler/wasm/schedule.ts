/** From the values of a program to steps in memory: what is computed, in which order, and how long it is needed. */
import { fuse, isOf, type ProgramBuilder, type Value, valuesBefore } from '../../program/index.js';
import { control } from './control.js';
import type { Kernel, StepContext } from './kernels/kernel.js';
import { type Assignment, type Buffer, type Place, placeValues, type Step } from './places.js';
import type { Lifetime } from './plan-memory.js';
import { stepKernel } from './step-kernel.js';

/** Something that a module does at a command. */
export interface ProgramPart {
  readonly name: string;
  readonly results: readonly Value[];
  readonly assignments: readonly Assignment[];
}

export interface ModuleOptions {
  /** Examples that are computed at once; a multiple of four. */
  readonly lanes: number;
  /** Memory that several threads share. */
  readonly shared: boolean;
  readonly relaxed: boolean;
}

export interface ScheduledStep {
  readonly kernel: Kernel;
  readonly inputs: readonly Place[];
  readonly output: Place;
  /** What its kernel takes for itself. */
  readonly scratch: Place | undefined;
  readonly zeroes: boolean;
  readonly comment: string;
}

/** A program as steps in their order. */
export interface Schedule {
  readonly name: string;
  readonly steps: readonly ScheduledStep[];
  /** How many of them belong to a piece. */
  readonly pieceLength: number;
  readonly inPieces: boolean;
  readonly results: readonly Place[];
  readonly lifetimes: readonly Lifetime[];
}

/** Fuses, orders and places what a part of a module computes. */
export function scheduleProgram(
  part: ProgramPart,
  p: ProgramBuilder,
  { lanes, relaxed }: ModuleOptions,
  sources: Map<string, Place>,
  nextBuffer: () => number,
): Schedule {
  const roots = [...part.results, ...part.assignments.map(({ value }) => value)];
  const fused = fuse(roots, p);
  const needed = new Set(valuesBefore(roots.map((root) => fused.get(root)!)));
  const values = [...new Set(fused.values())].filter((value) => needed.has(value));
  const assigned = new Set(part.assignments.map(({ value }) => fused.get(value)!));
  const late = lateValues(values, assigned);
  const inPieces = ![...late].some((value) => value.batched);
  const context: StepContext = { lanes, relaxed, control, inPieces };
  const ordered = inPieces
    ? [...values.filter((value) => !late.has(value)), ...values.filter((value) => late.has(value))]
    : values;
  const assignments = part.assignments.map(({ target, value }) => ({ target, value: fused.get(value)! }));
  const { steps, placeOf } = placeValues(ordered, assignments, sources, nextBuffer, context);
  const results = part.results.map((result) => placeOf(fused.get(result)!));
  const scheduled = steps.map((step): ScheduledStep => {
    const kernel = stepKernel(step, context);
    return {
      kernel,
      inputs: step.inputs,
      output: step.output,
      scratch: kernel.scratch === undefined ? undefined : scratchPlace(kernel.scratch / 4, nextBuffer()),
      zeroes: step.kind === 'zero',
      comment: `${step.kind === 'compute' ? step.value.operation.kind : step.kind === 'part' ? step.name : step.kind} [${step.output.layout.shape.join(', ')}]`,
    };
  });
  const isLate = (step: Step) => late.has(step.value) || isAssignment(step, sources);
  const firstLate = inPieces ? steps.findIndex(isLate) : -1;
  const pieceLength = firstLate === -1 ? steps.length : firstLate;
  return {
    name: part.name,
    steps: scheduled,
    pieceLength,
    inPieces,
    results,
    lifetimes: lifetimesOf(scheduled, results, pieceLength),
  };
}

const scratchPlace = (size: number, id: number): Place => ({
  buffer: { id, batched: false, size, source: undefined, constant: undefined },
  offset: 0,
  layout: { shape: [size], batched: false, strides: [1], alone: true },
});

const isAssignment = ({ output }: Step, sources: ReadonlyMap<string, Place>) =>
  output.buffer.source !== undefined && sources.has(output.buffer.source);

/** What depends on a sum over the whole batch, and so has to wait for its last piece; and what is done only once. */
function lateValues(values: readonly Value[], assigned: ReadonlySet<Value>): ReadonlySet<Value> {
  const late = new Set<Value>();
  for (const value of values) {
    const isOnce = assigned.has(value) && !sumsOverBatch(value) && value.inputs.length > 0;
    if (isOnce || value.inputs.some((input) => late.has(input) || sumsOverBatch(input))) late.add(value);
  }
  return late;
}

const sumsOverBatch = (value: Value) =>
  (isOf(value, 'reduce') && value.operation.batch) ||
  isOf(value, 'convolveKernel') ||
  isOf(value, 'depthwiseKernel');

/** From the first step that writes to a buffer to the last that has to do with it. */
function lifetimesOf(
  steps: readonly ScheduledStep[],
  results: readonly Place[],
  pieceLength: number,
): readonly Lifetime[] {
  const first = new Map<Buffer, number>();
  const last = new Map<Buffer, number>();
  const touch = (buffer: Buffer, position: number) => {
    if (buffer.source !== undefined || buffer.constant !== undefined) return;
    if (!first.has(buffer)) first.set(buffer, position);
    last.set(buffer, position);
  };
  steps.forEach((step, position) => {
    const places = [...step.inputs, step.output, ...(step.scratch ? [step.scratch] : [])];
    for (const { buffer } of places) touch(buffer, position);
  });
  for (const { buffer } of results) touch(buffer, steps.length);
  return [...first].map(([buffer, begin]) => {
    const end = last.get(buffer)!;
    // What grows from piece to piece must outlive each of them.
    const isKept = begin < pieceLength && end >= pieceLength;
    return { buffer, first: isKept ? -1 : begin, last: isKept ? steps.length : end };
  });
}
