/**
 * Convolution as it is computed: for one place of the output, a block of filters times a block of lanes stays in
 * registers while the window is walked. An input vector is loaded once for all filters of the block, a weight once
 * for all lanes; with the batch innermost nothing is ever shuffled.
 */
import { type Expression, expressionText, sizeOf, type ValueOf } from '../../../program/index.js';
import { costOf, vectorFunctionsOf } from '../expression-code.js';
import {
  add,
  f32x4,
  get,
  type Int,
  load,
  mul,
  multiplyAdd,
  set,
  splat,
  sub,
  type Writer,
  watFunction,
} from '../wat.js';
import { epilogueCode } from './epilogue.js';
import { coordinates, type Kernel, type KernelContext, type Layout, parametersOf } from './kernel.js';
import { channelBlockOf } from './register-blocks.js';
import { tapsAt, tapsOnto } from './window-range.js';

/** x [H, W, C] and the blocks of w [h, w, C, F]. */
export function convolveKernel(
  { window, epilogue }: ValueOf<'convolve'>['operation'],
  inputs: readonly Layout[],
  output: Layout,
  context: KernelContext,
): Kernel {
  const [x, w] = inputs as [Layout, Layout];
  const [height, width, channels] = x.shape as [number, number, number];
  const [rows, columns] = output.shape as [number, number];
  const [, kernelWidth] = window.size;
  const lane = 4 * context.lanes;
  const [, weightRow, weightColumn, weightChannel] = stepsOf(w);
  // The taps of a row lie side by side, in the image and among the weights.
  const isRun =
    window.dilations[1] === 1 &&
    x.strides[1] === channels * x.strides[2]! &&
    weightColumn === channels * weightChannel;

  return blocked(
    { inputs, output, context, epilogue, window },
    (place, pointers, sum, writer) => {
      const [row, column] = place;
      const vertical = tapsAt(window, 0, row, height, rows);
      const horizontal = tapsAt(window, 1, column, width, columns);
      const [px, pw] = pointers;
      const xRow = (tap: string) =>
        mul(
          sub(add(mul(row, window.strides[0]), mul(get(tap), window.dilations[0])), window.before[0]),
          x.strides[0]! * lane,
        );
      const xColumn = (tap: Int) =>
        mul(
          sub(add(mul(column, window.strides[1]), mul(tap, window.dilations[1])), window.before[1]),
          x.strides[1]! * lane,
        );
      const terms = (length: Int) => sum(length, { x: x.strides[2]! * lane, w: weightChannel });
      return writer.loop(vertical.from, vertical.to, 1, (tapY) => {
        const to = (from: Int) => [
          set(px, add(get('$in0'), get('$lane'), xRow(tapY), xColumn(from))),
          set(pw, add(get('$weights'), mul(get(tapY), weightRow), mul(from, weightColumn))),
        ];
        if (isRun) {
          const taps = sub(horizontal.to, horizontal.from);
          const length = mul(taps, channels);
          return [...to(horizontal.from), ...terms(length)];
        }
        return writer.loop(horizontal.from, horizontal.to, 1, (tapX) => [
          ...to(get(tapX)),
          ...terms(channels),
        ]);
      });
    },
    {
      name: 'convolve',
      reduction: window.size[0] * kernelWidth * channels,
    },
  );
}

/** y [H, W, F] and the blocks of w [h, w, C, F]: every image place sums what each output place makes of it. */
export function convolveInputKernel(
  { window, epilogue }: ValueOf<'convolveInput'>['operation'],
  inputs: readonly Layout[],
  output: Layout,
  context: KernelContext,
): Kernel {
  const [y, w] = inputs as [Layout, Layout];
  const [rows, columns, filters] = y.shape as [number, number, number];
  const lane = 4 * context.lanes;
  const [, weightRow, weightColumn, weightFilter] = stepsOf(w);
  return blocked(
    { inputs, output, context, epilogue, window },
    (place, pointers, sum, writer) => {
      const [row, column] = place;
      const vertical = tapsOnto(window, 0, row, rows);
      const horizontal = tapsOnto(window, 1, column, columns);
      const [py, pw] = pointers;
      const yPlace = (axis: 0 | 1, at: Int, tap: string) => {
        const distance = sub(add(at, window.before[axis]), mul(get(tap), window.dilations[axis]));
        const stride = window.strides[axis];
        return mul(
          typeof distance === 'number' || stride === 1
            ? distance
            : `(i32.div_u ${distance} (i32.const ${stride}))`,
          y.strides[axis]! * lane,
        );
      };
      return writer.loop(vertical.from, vertical.to, vertical.step, (tapY) =>
        writer.loop(horizontal.from, horizontal.to, horizontal.step, (tapX) => [
          set(py, add(get('$in0'), get('$lane'), yPlace(0, row, tapY), yPlace(1, column, tapX))),
          set(pw, add(get('$weights'), mul(get(tapY), weightRow), mul(get(tapX), weightColumn))),
          ...sum(filters, { x: y.strides[2]! * lane, w: weightFilter }),
        ]),
      );
    },
    {
      name: 'convolveInput',
      reduction: Math.ceil(
        (window.size[0] * window.size[1] * filters) / (window.strides[0] * window.strides[1]),
      ),
    },
  );
}

/** Bytes from one weight to the next along each axis of its blocks. */
const stepsOf = ({ strides }: Layout) =>
  strides.map((stride) => stride * 4) as [
    block: number,
    row: number,
    column: number,
    summed: number,
    kept: number,
  ];

type Sum = (length: Int, steps: { readonly x: number; readonly w: number }) => readonly string[];

interface Blocked {
  readonly inputs: readonly Layout[];
  readonly output: Layout;
  readonly context: KernelContext;
  readonly epilogue: Expression | undefined;
  readonly window: unknown;
}

interface BlockedShape {
  readonly name: string;
  /** Terms of each sum, for the estimate of the cost. */
  readonly reduction: number;
}

/** The loops around a block: units are a row of the output for a block of channels and of lanes. */
function blocked(
  { inputs, output, context, epilogue, window }: Blocked,
  walk: (
    place: readonly [row: Int, column: Int],
    pointers: readonly [string, string],
    sum: Sum,
    writer: Writer,
  ) => readonly string[],
  { name: kind, reduction }: BlockedShape,
): Kernel {
  const [rows, columns, channels] = output.shape as [number, number, number];
  const block = channelBlockOf(channels, context);
  const [weightOfBlock, , , , weightOfChannel] = stepsOf(inputs[1]!);
  const extras = inputs.slice(2);
  const laneBlocks = context.lanes / 4 / block.vectors;
  const expression = epilogue ?? { kind: 'input', index: 0 };

  function body(writer: Writer): readonly string[] {
    const sums = Array.from({ length: block.channels }, (_, channel) =>
      writer.locals('v128', `a${channel}_`, block.vectors),
    );
    const loaded = writer.locals('v128', 'x', block.vectors);
    const weight = writer.local('v128', 'w');
    const pointers = [writer.local('i32', 'px'), writer.local('i32', 'pw')] as const;
    const epilogueOf = epilogueCode({ expression, extras, output, firstExtra: 2 }, context, writer);

    const sum: Sum = (length, steps) =>
      writer.loop(0, length, 1, () => [
        ...loaded.map((vector, index) => set(vector, load(get(pointers[0]), index * 16))),
        ...sums.flatMap((own, channel) => [
          set(weight, splat(get(pointers[1]), channel * weightOfChannel)),
          ...own.map((local, index) =>
            set(local, multiplyAdd(get(local), get(loaded[index]!), get(weight), context)),
          ),
        ]),
        set(pointers[0], add(get(pointers[0]), steps.x)),
        set(pointers[1], add(get(pointers[1]), steps.w)),
      ]);

    return writer.loop(get('$from'), get('$to'), 1, (unit) => {
      const [channelBlock, row, laneBlock] = coordinates(unit, [channels / block.channels, rows, laneBlocks]);
      const rowLocal = writer.local('i32', 'row');
      const first = writer.local('i32', 'first');
      return [
        set(rowLocal, row!),
        set(first, mul(channelBlock!, block.channels)),
        set('$lane', mul(laneBlock!, block.vectors * 16)),
        set('$weights', add(get('$in1'), mul(channelBlock!, weightOfBlock))),
        ...writer.loop(0, columns, 1, (column) => {
          const place = [rows === 1 ? 0 : get(rowLocal), columns === 1 ? 0 : get(column)] as const;
          const begin = [...place, get(first)];
          return [
            ...sums.flat().map((local) => set(local, f32x4(0))),
            ...walk(place, pointers, sum, writer),
            ...epilogueOf.begin(begin),
            ...sums.flatMap((own, channel) => epilogueOf.store(own, [0, 0, channel])),
          ];
        }),
      ];
    });
  }

  return {
    key: `${kind} ${JSON.stringify([window, output, inputs])} ${expressionText(expression)} ${context.lanes}`,
    text: (name) =>
      watFunction(name, parametersOf(inputs.length), (writer) => {
        const lines = body(writer);
        return ['(local $lane i32)', '(local $weights i32)', ...lines];
      }),
    units: (channels / block.channels) * rows * laneBlocks,
    cost: sizeOf(output.shape) * (context.lanes / 4) * (2 * reduction + costOf(expression) + 1),
    functions: vectorFunctionsOf(expression),
  };
}
