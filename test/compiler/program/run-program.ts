/** Trains and evaluates a tensor program by the interpreter, as an engine does, and keeps its state as floats. */
import type { TensorProgram } from '../../../src/compiler/program/lower-program.js';
import type { Assignment } from '../../../src/compiler/program/optimizers.js';
import { isOf, sizeOf, type Value } from '../../../src/program/index.js';
import type { Batch, Evaluation, OptimizerSlot, StepValues, Weight } from '../../../src/runtime/engine.js';
import { interpret } from '../../program/interpret.js';

export interface ProgramRun {
  trainStep(batch: Batch): StepValues;
  evaluateBatch(batch: Batch): Evaluation;
  setWeights(weights: readonly Pick<Weight, 'name' | 'values'>[]): void;
  weights(): readonly Weight[];
  slots(): readonly OptimizerSlot[];
}

/** Runs with more lanes than there are examples where `lanes` says so; the others hold zeros. */
export function runProgram(program: TensorProgram, lanes: number): ProgramRun {
  const state = new Map<string, Float32Array>();
  for (const { value, initial } of program.slots) {
    state.set(sourceName(value), new Float32Array(sizeOf(value.shape)).fill(initial));
  }

  function run(values: readonly Value[], { inputs, labels, count }: Batch): Float64Array[] {
    const [input] = program.inputs;
    const given = new Map<string, ArrayLike<number>>(state);
    given.set(
      sourceName(input!.value),
      filled(inputs, count * sizeOf(input!.value.shape), lanes * sizeOf(input!.value.shape)),
    );
    given.set('labels', filled(labels, count, lanes));
    given.set(
      'batch/mask',
      Array.from({ length: lanes }, (_, lane) => (lane < count ? 1 : 0)),
    );
    given.set('batch/count', [count]);
    return interpret(values, {
      lanes,
      source(name) {
        const numbers = given.get(name);
        if (numbers === undefined) throw new Error(`no numbers for '${name}'`);
        return numbers;
      },
    });
  }

  function assign(assignments: readonly Assignment[], values: readonly Float64Array[]): void {
    for (const [index, { target }] of assignments.entries()) {
      state.set(sourceName(target), Float32Array.from(values[index]!));
    }
  }

  return {
    trainStep(batch) {
      const { values, assignments } = program.train!;
      const results = run([...values, ...assignments.map(({ value }) => value)], batch);
      assign(assignments, results.slice(values.length));
      return results.slice(0, values.length).map(([number]) => number!);
    },
    evaluateBatch(batch) {
      const { values, outputs } = program.evaluate!;
      const results = run([...values, ...outputs], batch);
      const size = sizeOf(outputs[0]!.shape);
      return {
        values: results.slice(0, values.length).map(([number]) => number!),
        outputs: Float32Array.from(results[values.length]!.subarray(0, batch.count * size)),
      };
    },
    setWeights(weights) {
      for (const { name, values } of weights) state.set(`weight/${name}`, values);
    },
    weights: () =>
      program.weights.map(({ name, value, trainable }) => ({
        name,
        shape: value.shape,
        trainable,
        values: state.get(sourceName(value))!,
      })),
    slots: () =>
      program.slots.map(({ name, value }) => ({
        name,
        shape: value.shape,
        values: state.get(sourceName(value))!,
      })),
  };
}

function sourceName(value: Value): string {
  if (!isOf(value, 'source')) throw new Error(`a ${value.operation.kind} comes from nowhere`);
  return value.operation.name;
}

function filled(numbers: ArrayLike<number>, used: number, length: number): number[] {
  return Array.from({ length }, (_, index) => (index < used ? numbers[index]! : 0));
}
