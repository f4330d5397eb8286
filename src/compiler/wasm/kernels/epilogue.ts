/** What follows the sums of a convolution before they are stored: an activation, a bias, and the like. */
import type { Expression } from '../../../program/index.js';
import { expressionCode } from '../expression-code.js';
import { add, get, type Int, load, set, splat, store, type Writer } from '../wat.js';
import { type KernelContext, type Layout, offsetOf } from './kernel.js';

export interface Epilogue {
  readonly expression: Expression;
  /** What the expression takes besides the sum. */
  readonly extras: readonly Layout[];
  readonly output: Layout;
  /** The number of the first of them among the inputs of the kernel. */
  readonly firstExtra: number;
}

export interface EpilogueCode {
  /** Goes to a place of the output [row, column, channel], in the lanes from `$lane` on. */
  begin(place: readonly Int[]): readonly string[];
  /** Stores vectors of sums, so many rows, columns and channels on. */
  store(
    sums: readonly string[],
    distance: readonly [row: number, column: number, channel: number],
  ): readonly string[];
}

export function epilogueCode(
  { expression, extras, output, firstExtra }: Epilogue,
  context: KernelContext,
  writer: Writer,
): EpilogueCode {
  const lane = 4 * context.lanes;
  const out = writer.local('i32', 'out');
  const operands = extras.map((_, index) => writer.local('v128', `e${index}_`));
  const pointers = extras.map((_, index) => writer.local('i32', `pe${index}_`));
  const bytes = extras.map(({ batched }) => (batched ? lane : 4));
  const result = writer.local('v128', 'r');
  const code = expressionCode(expression, [result, ...operands].map(get), writer);
  return {
    begin: (place) => [
      set(out, add(get('$out'), get('$lane'), offsetOf(place, output.strides, lane))),
      ...extras.map(({ batched, strides }, index) =>
        set(
          pointers[index]!,
          add(
            get(`$in${index + firstExtra}`),
            batched ? get('$lane') : 0,
            offsetOf(place, strides, bytes[index]!),
          ),
        ),
      ),
    ],
    store: (sums, distance) => {
      const from = ({ strides }: Layout, size: number) => offsetOf(distance, strides, size) as number;
      return [
        ...extras.flatMap((extra, index) =>
          extra.batched
            ? []
            : [set(operands[index]!, splat(get(pointers[index]!), from(extra, bytes[index]!)))],
        ),
        ...sums.flatMap((sum, vector) => [
          set(result, get(sum)),
          ...extras.flatMap((extra, index) =>
            extra.batched
              ? [set(operands[index]!, load(get(pointers[index]!), from(extra, bytes[index]!) + vector * 16))]
              : [],
          ),
          ...code.before,
          store(get(out), code.value, from(output, lane) + vector * 16),
        ]),
      ];
    },
  };
}
