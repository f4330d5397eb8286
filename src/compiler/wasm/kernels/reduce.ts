/** Sums and extremes, over axes of an example or over all of the batch. */
import { expressionText, type Reduction, sizeOf, type ValueOf } from '../../../program/index.js';
import { costOf, expressionCode, vectorFunctionsOf } from '../expression-code.js';
import {
  add,
  f32x4,
  get,
  type Int,
  i32,
  load,
  set,
  splat,
  store,
  storeLane,
  type Writer,
  watFunction,
} from '../wat.js';
import {
  bytesPerEntry,
  coordinates,
  divisorOf,
  type Kernel,
  type KernelContext,
  type Layout,
  mergeAxes,
  offsetOf,
  parametersOf,
  type StepContext,
} from './kernel.js';

const start: Readonly<Record<Reduction, number>> = {
  sum: 0,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
};
const step: Readonly<Record<Reduction, string>> = { sum: 'add', max: 'max', min: 'min' };

/** Where batches come in pieces, the sum of a piece is added to those of the pieces before it. */
export interface ReduceOptions {
  /** The address of a number that is not zero for the first piece of a batch; undefined where there is but one. */
  readonly firstPiece: number | undefined;
}

export const piecesOf = ({ inPieces, control }: StepContext): ReduceOptions => ({
  firstPiece: inPieces ? control.firstPiece : undefined,
});

export function reduceKernel(
  { reduction, axes, batch, expression }: ValueOf<'reduce'>['operation'],
  inputs: readonly Layout[],
  output: Layout,
  context: KernelContext,
  options: ReduceOptions,
): Kernel {
  const { shape } = inputs[0]!;
  // Also where all read one number for all lanes.
  const isBatched = batch || output.batched;
  const vectors = isBatched ? context.lanes / 4 : 1;
  const bytes = inputs.map((input) => bytesPerEntry(input, context));
  const keptAxes = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const pick = (from: readonly number[], which: readonly number[]) => which.map((axis) => from[axis]!);
  const kept = mergeAxes(pick(shape, keptAxes), [
    output.strides,
    ...inputs.map(({ strides }) => pick(strides, keptAxes)),
  ]);
  const reduced = mergeAxes(
    pick(shape, axes),
    inputs.map(({ strides }) => pick(strides, axes)),
  );
  const byteStrides = reduced.strides.map((own, index) => own.map((stride) => stride * bytes[index]!));
  // As many results at once as vectors of lanes, where lanes stay apart; else sums side by side, joined at the end.
  const group = batch || !isBatched ? 1 : divisorOf(vectors, [4, 2]);
  const parallelSums = batch ? divisorOf(vectors, [4, 2]) : 1;
  const accumulators = Math.max(group, parallelSums);
  const { firstPiece } = options;

  function unitText(unit: string, writer: Writer): readonly string[] {
    const spread = vectors / group;
    const places = coordinates(unit, isBatched && !batch ? [...kept.shape, spread] : kept.shape);
    const entry = places.slice(0, kept.shape.length);
    const lane: Int = isBatched && !batch ? places.at(-1)! : 0;
    const pointers = writer.locals('i32', 'p', inputs.length);
    const sums = writer.locals('v128', 'sum', accumulators);
    const out = writer.local('i32', 'out');
    const outBytes = bytesPerEntry(output, context);
    const laneBytes =
      typeof lane === 'number' ? lane * group * 16 : `(i32.mul ${lane} (i32.const ${group * 16}))`;
    return [
      set(out, add(get('$out'), offsetOf(entry, kept.strides[0]!, outBytes), output.batched ? laneBytes : 0)),
      ...sums.map((sum) => set(sum, f32x4(start[reduction]))),
      ...pointers.map((pointer, index) =>
        set(
          pointer,
          add(
            get(`$in${index}`),
            offsetOf(entry, kept.strides[index + 1]!, bytes[index]!),
            inputs[index]!.batched && !batch ? laneBytes : 0,
          ),
        ),
      ),
      ...over(reduced.shape, byteStrides, pointers, writer, () =>
        batch
          ? writer.loop(0, vectors * 16, parallelSums * 16, (offset) => taken(pointers, sums, offset, writer))
          : taken(pointers, sums, undefined, writer),
      ),
      ...stored(out, sums),
    ];
  }

  /** Takes one vector for each of the sums. */
  function taken(
    pointers: readonly string[],
    sums: readonly string[],
    lane: string | undefined,
    writer: Writer,
  ): readonly string[] {
    const operands = inputs.map((_, index) => writer.local('v128', `x${index}_`));
    const code = expressionCode(expression, operands.map(get), writer);
    return sums.flatMap((sum, position) => [
      ...inputs.map(({ batched }, index) => {
        const pointer = get(pointers[index]!);
        if (!batched) return set(operands[index]!, splat(pointer));
        return set(
          operands[index]!,
          load(lane === undefined ? pointer : add(pointer, get(lane)), position * 16),
        );
      }),
      ...code.before,
      set(sum, `(f32x4.${step[reduction]} ${get(sum)} ${code.value})`),
    ]);
  }

  function stored(out: string, sums: readonly string[]): readonly string[] {
    const [first, ...others] = sums as [string, ...string[]];
    if (!batch) {
      return isBatched
        ? sums.map((sum, position) => store(get(out), get(sum), position * 16))
        : [storeLane(get(out), get(first))];
    }
    const joined = [
      ...others.map((sum) => set(first, `(f32x4.${step[reduction]} ${get(first)} ${get(sum)})`)),
      ...acrossLanes(first, step[reduction]),
    ];
    const before =
      firstPiece === undefined
        ? []
        : [
            `(if (i32.eqz (i32.load ${i32(firstPiece)})) (then`,
            set(first, `(f32x4.${step[reduction]} ${splat(get(out))} ${get(first)})`),
            '))',
          ];
    return [...joined, ...before, storeLane(get(out), get(first))];
  }

  const units = sizeOf(kept.shape) * (isBatched && !batch ? vectors / group : 1);
  return {
    key: `reduce ${reduction} ${batch} ${firstPiece} ${expressionText(expression)} ${JSON.stringify([kept, reduced, inputs.map(({ batched }) => batched), output.batched])} ${context.lanes}`,
    text: (name) =>
      watFunction(name, parametersOf(inputs.length), (writer) =>
        writer.loop(get('$from'), get('$to'), 1, (unit) => unitText(unit, writer)),
      ),
    units,
    cost: sizeOf(shape) * vectors * (costOf(expression) + 1 + inputs.length) + units * 6,
    functions: vectorFunctionsOf(expression),
  };
}

/** The sum (or maximum) of the lanes, in all lanes. */
export function acrossLanes(local: string, operation: string): readonly string[] {
  const swapped = (lanes: string) => `(i8x16.shuffle ${lanes} ${get(local)} ${get(local)})`;
  return [
    set(local, `(f32x4.${operation} ${get(local)} ${swapped('8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7')})`),
    set(local, `(f32x4.${operation} ${get(local)} ${swapped('4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11')})`),
  ];
}

/** Nested loops that carry pointers along; each gets back to where it was by itself. */
function over(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  pointers: readonly string[],
  writer: Writer,
  body: () => readonly string[],
): readonly string[] {
  if (shape.length === 0) return body();
  const [length, ...inner] = shape as [number, ...number[]];
  const steps = strides.map((own) => own[0]!);
  const move = (times: number) =>
    pointers.flatMap((pointer, index) =>
      steps[index] === 0 ? [] : [set(pointer, add(get(pointer), steps[index]! * times))],
    );
  return [
    ...writer.loop(0, length, 1, () => [
      ...over(
        inner,
        strides.map((own) => own.slice(1)),
        pointers,
        writer,
        body,
      ),
      ...move(1),
    ]),
    ...move(-length),
  ];
}
