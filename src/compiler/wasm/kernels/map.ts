/** A formula at every place. */
import { type Expression, expressionText, sizeOf } from '../../../program/index.js';
import { costOf, expressionCode, vectorFunctionsOf } from '../expression-code.js';
import { add, get, i32, load, mul, set, splat, store, storeLane, type Writer, watFunction } from '../wat.js';
import {
  bytesPerEntry,
  coordinates,
  type Kernel,
  type KernelContext,
  type Layout,
  mergeAxes,
  offsetOf,
  parametersOf,
} from './kernel.js';

export function mapKernel(
  expression: Expression,
  inputs: readonly Layout[],
  output: Layout,
  context: KernelContext,
): Kernel {
  return output.batched
    ? batchedMap(expression, inputs, output, context)
    : sharedMap(expression, inputs, output);
}

const keyOf = (expression: Expression, layouts: readonly unknown[]) =>
  `map ${expressionText(expression)} ${JSON.stringify(layouts)}`;

function batchedMap(
  expression: Expression,
  inputs: readonly Layout[],
  output: Layout,
  context: KernelContext,
): Kernel {
  const layouts = [output, ...inputs];
  const merged = mergeAxes(
    output.shape,
    layouts.map(({ strides }) => strides),
  );
  const vectors = context.lanes / 4;
  const shape = merged.shape;
  // A unit is a run along the last axis, or an entry where there is no other.
  const outer = shape.length > 1 ? shape.slice(0, -1) : shape;
  const inner = shape.length > 1 ? shape.at(-1)! : 1;
  const innerSteps = merged.strides.map((own, index) =>
    shape.length > 1 ? own.at(-1)! * bytesPerEntry(layouts[index]!, context) : 0,
  );
  const text = (name: string) =>
    watFunction(name, parametersOf(inputs.length), (writer) => {
      const pointers = writer.locals('i32', 'p', layouts.length);
      const bases = ['$out', ...inputs.map((_, index) => `$in${index}`)];
      return writer.loop(get('$from'), get('$to'), 1, (unit) => {
        const places = coordinates(unit, outer);
        return [
          ...pointers.map((pointer, index) =>
            set(
              pointer,
              add(
                get(bases[index]!),
                offsetOf(places, merged.strides[index]!, bytesPerEntry(layouts[index]!, context)),
              ),
            ),
          ),
          ...writer.loop(0, inner, 1, () => [
            ...lanesOfMap(expression, inputs, pointers, vectors, writer),
            ...pointers.flatMap((pointer, index) =>
              innerSteps[index] === 0 ? [] : [set(pointer, add(get(pointer), innerSteps[index]!))],
            ),
          ]),
        ];
      });
    });
  return {
    key: `${keyOf(expression, [shape, merged.strides, inputs.map(({ batched }) => batched)])} ${context.lanes}`,
    text,
    units: sizeOf(outer),
    cost: sizeOf(shape) * vectors * (costOf(expression) + inputs.length + 1),
    functions: vectorFunctionsOf(expression),
  };
}

/** All lanes of one entry. */
function lanesOfMap(
  expression: Expression,
  inputs: readonly Layout[],
  [out, ...pointers]: readonly string[],
  vectors: number,
  writer: Writer,
): readonly string[] {
  const operands = inputs.map((_, index) => writer.local('v128', `x${index}_`));
  const shared = inputs.flatMap(({ batched }, index) =>
    batched ? [] : [set(operands[index]!, splat(get(pointers[index]!)))],
  );
  const code = expressionCode(expression, operands.map(get), writer);
  const vector = (offset: string | number) => {
    const place = (pointer: string): readonly [string, number] =>
      typeof offset === 'number' ? [get(pointer), offset] : [i32(add(get(pointer), offset)), 0];
    return [
      ...inputs.flatMap(({ batched }, index) =>
        batched ? [set(operands[index]!, load(...place(pointers[index]!)))] : [],
      ),
      ...code.before,
      store(place(out!)[0], code.value, place(out!)[1]),
    ];
  };
  const isShort = costOf(expression) * vectors <= 40;
  if (isShort)
    return [...shared, ...Array.from({ length: vectors }, (_, index) => vector(16 * index)).flat()];
  return [...shared, ...writer.loop(0, vectors * 16, 16, (offset) => vector(get(offset)))];
}

/** Of shared values: in vectors where all lie in one piece or are one number, else entry by entry. */
function sharedMap(expression: Expression, inputs: readonly Layout[], output: Layout): Kernel {
  const layouts = [output, ...inputs];
  const merged = mergeAxes(
    output.shape,
    layouts.map(({ strides }) => strides),
  );
  const { shape } = merged;
  const steps = merged.strides.map((own) => own.at(-1) ?? 0);
  const size = sizeOf(shape);
  const isFlat =
    shape.length <= 1 &&
    (shape.length === 0 || steps[0] === 1) &&
    steps.every((step) => step === 0 || step === 1) &&
    (output.alone || size % 4 === 0);
  const width = isFlat ? 4 : 1;
  const bases = ['$out', ...inputs.map((_, index) => `$in${index}`)];
  const text = (name: string) =>
    watFunction(name, parametersOf(inputs.length), (writer) => {
      const operands = inputs.map((_, index) => writer.local('v128', `x${index}_`));
      const code = expressionCode(expression, operands.map(get), writer);
      return writer.loop(get('$from'), get('$to'), 1, (unit) => {
        const places = coordinates(unit, shape);
        const address = (index: number) =>
          isFlat
            ? add(get(bases[index]!), steps[index] === 0 ? 0 : mul(get(unit), 16))
            : add(get(bases[index]!), offsetOf(places, merged.strides[index]!, 4));
        return [
          ...operands.map((operand, index) =>
            set(
              operand,
              isFlat && steps[index + 1] === 1 ? load(address(index + 1)) : splat(address(index + 1)),
            ),
          ),
          ...code.before,
          isFlat ? store(address(0), code.value) : storeLane(address(0), code.value),
        ];
      });
    });
  return {
    key: keyOf(expression, [shape, merged.strides, isFlat]),
    text,
    units: Math.ceil(size / width),
    cost: Math.ceil(size / width) * (costOf(expression) + inputs.length + 1 + (isFlat ? 0 : 10)),
    functions: vectorFunctionsOf(expression),
  };
}

/** Zeros in all of a buffer of so many bytes, a multiple of 16. */
export function zeroKernel(bytes: number): Kernel {
  const piece = 4096;
  return {
    key: `zero ${bytes}`,
    text: (name) =>
      watFunction(name, parametersOf(0), (writer) => {
        const begin = writer.local('i32', 'begin');
        const end = writer.local('i32', 'end');
        return [
          set(begin, mul(get('$from'), piece)),
          set(end, mul(get('$to'), piece)),
          `(if (i32.gt_s ${get(end)} ${i32(bytes)}) (then ${set(end, bytes)}))`,
          `(memory.fill ${add(get('$out'), get(begin))} (i32.const 0) (i32.sub ${get(end)} ${get(begin)}))`,
        ];
      }),
    units: Math.ceil(bytes / piece),
    cost: bytes / 32,
    functions: [],
  };
}
