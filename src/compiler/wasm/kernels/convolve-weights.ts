/**
 * The gradient of a convolution's weights: each is a sum over all places and lanes. A block of taps times a block of
 * filters is summed at once, four lanes side by side, and these are joined at the very end.
 */
import type { ValueOf } from '../../../program/index.js';
import {
  add,
  addF,
  f32x4,
  get,
  type Int,
  i32,
  larger,
  load,
  mul,
  multiplyAdd,
  set,
  smaller,
  store,
  storeLane,
  sub,
  type Writer,
  watFunction,
} from '../wat.js';
import { coordinates, type Kernel, type KernelContext, type Layout, parametersOf } from './kernel.js';
import type { ReduceOptions } from './reduce.js';
import { weightBlockOf } from './register-blocks.js';

/** x [H, W, C] and y [H', W', F] give [h, w, C, F]. */
export function convolveWeightsKernel(
  { window }: ValueOf<'convolveKernel'>['operation'],
  [x, y]: readonly [Layout, Layout],
  output: Layout,
  context: KernelContext,
  { firstPiece }: ReduceOptions,
): Kernel {
  const [height, width, channels] = x.shape as [number, number, number];
  const [rows, columns, filters] = y.shape as [number, number, number];
  const [kernelHeight, kernelWidth] = window.size;
  const lane = 4 * context.lanes;
  const vectors = context.lanes / 4;
  const reach = (columns - 1) * window.strides[1] + (kernelWidth - 1) * window.dilations[1];
  const isInside = window.before[1] === 0 && reach < width;
  // Where every tap of a row is inside at every place, taps and channels are one long row of terms.
  const joined =
    isInside &&
    window.dilations[1] === 1 &&
    x.strides[1] === channels * x.strides[2]! &&
    output.strides[1] === channels * output.strides[2]!;
  const termCount = joined ? kernelWidth * channels : channels;
  const taps = joined ? 1 : kernelWidth;
  const { channels: termBlock, filters: filterBlock } = weightBlockOf(termCount, filters);
  const units = [kernelHeight, taps, termCount / termBlock, filters / filterBlock];

  function body(writer: Writer): readonly string[] {
    const sums = Array.from({ length: termBlock }, (_, term) =>
      writer.locals('v128', `a${term}_`, filterBlock),
    );
    const ys = writer.locals('v128', 'y', filterBlock);
    const xLocal = writer.local('v128', 'x');
    const [px, py, out] = [writer.local('i32', 'px'), writer.local('i32', 'py'), writer.local('i32', 'out')];
    const [tapY, tapX, term, filter] = ['tapY', 'tapX', 'term', 'filter'].map((hint) =>
      writer.local('i32', hint),
    ) as [string, string, string, string];

    const lanesAt = (row: string, column: Int) => [
      set(
        px,
        add(
          get('$in0'),
          mul(get(term), x.strides[2]! * lane),
          mul(placeOf(0, row, tapY), x.strides[0]! * lane),
          mul(placeOf(1, column, tapX), x.strides[1]! * lane),
        ),
      ),
      set(
        py,
        add(
          get('$in1'),
          mul(get(filter), y.strides[2]! * lane),
          mul(get(row), y.strides[0]! * lane),
          mul(column, y.strides[1]! * lane),
        ),
      ),
      ...writer.loop(0, vectors, 1, () => [
        ...ys.map((local, index) => set(local, load(get(py), index * y.strides[2]! * lane))),
        ...sums.flatMap((own, index) => [
          set(xLocal, load(get(px), index * x.strides[2]! * lane)),
          ...own.map((local, position) =>
            set(local, multiplyAdd(get(local), get(xLocal), get(ys[position]!), context)),
          ),
        ]),
        set(px, add(get(px), 16)),
        set(py, add(get(py), 16)),
      ]),
    ];
    const placeOf = (axis: 0 | 1, place: Int, tap: string): Int =>
      sub(
        add(
          mul(typeof place === 'string' && place.startsWith('$') ? get(place) : place, window.strides[axis]),
          window.size[axis] === 1 || (axis === 1 && taps === 1) ? 0 : mul(get(tap), window.dilations[axis]),
        ),
        window.before[axis],
      );

    return writer.loop(get('$from'), get('$to'), 1, (unit) => {
      const places = coordinates(unit, units);
      const vertical = placesUnder(window, 0, get(tapY), height, rows);
      const horizontal = placesUnder(window, 1, get(tapX), width, columns);
      return [
        set(tapY, places[0]!),
        set(tapX, places[1]!),
        set(term, mul(places[2]!, termBlock)),
        set(filter, mul(places[3]!, filterBlock)),
        ...sums.flat().map((local) => set(local, f32x4(0))),
        ...writer.loop(vertical.from, vertical.to, 1, (row) =>
          writer.loop(horizontal.from, horizontal.to, 1, (column) => lanesAt(row, get(column))),
        ),
        set(
          out,
          add(
            get('$out'),
            mul(get(tapY), output.strides[0]! * 4),
            mul(get(tapX), output.strides[1]! * 4),
            mul(get(term), output.strides[2]! * 4),
            mul(get(filter), 4),
          ),
        ),
        ...sums.flatMap((own, index) => stored(own, out, index * output.strides[2]! * 4, writer)),
      ];
    });
  }

  /** Joins the lanes of up to four sums at a time. */
  function stored(own: readonly string[], out: string, offset: number, writer: Writer): readonly string[] {
    const lines: string[] = [];
    for (let begin = 0; begin < own.length; begin += 4) {
      const four = own.slice(begin, begin + 4);
      const result = writer.local('v128', 'h');
      lines.push(
        set(result, sumsOfLanes(four)),
        ...storeSums(result, four.length, out, offset + begin * 4, firstPiece),
      );
    }
    return lines;
  }

  return {
    key: `convolveKernel ${JSON.stringify([window, x, y, output])} ${context.lanes} ${firstPiece}`,
    text: (name) => watFunction(name, parametersOf(2), body),
    units: units.reduce((product, count) => product * count, 1),
    cost: kernelHeight * kernelWidth * channels * filters * (2 * rows * columns * vectors + 3),
    functions: [],
  };
}

/** Stores the first lanes of a vector side by side, and adds what is there where this is not the first piece. */
export function storeSums(
  result: string,
  count: number,
  out: string,
  place: number,
  firstPiece: number | undefined,
): readonly string[] {
  const lanes = Array.from({ length: count }, (_, lane) => lane);
  const old =
    count === 4
      ? load(get(out), place)
      : lanes.reduce(
          (vector, lane) => `(v128.load32_lane offset=${place + 4 * lane} ${lane} ${get(out)} ${vector})`,
          f32x4(0),
        );
  return [
    ...(firstPiece === undefined
      ? []
      : [`(if (i32.eqz (i32.load ${i32(firstPiece)})) (then ${set(result, addF(old, get(result)))}))`]),
    ...(count === 4
      ? [store(get(out), get(result), place)]
      : lanes.map((lane) => storeLane(get(out), get(result), place + 4 * lane, lane))),
  ];
}

/** The output places from which a tap falls on the image. */
function placesUnder(
  window: ValueOf<'convolveKernel'>['operation']['window'],
  axis: 0 | 1,
  tap: string,
  length: number,
  places: number,
) {
  const stride = window.strides[axis];
  const before = window.before[axis];
  const reach = (places - 1) * stride - before + (window.size[axis] - 1) * window.dilations[axis];
  const shift = mul(tap, window.dilations[axis]);
  const up = (value: Int): Int =>
    stride === 1 ? value : `(i32.div_s ${i32(add(value, stride - 1))} (i32.const ${stride}))`;
  return {
    from: before === 0 ? 0 : larger(0, up(sub(before, shift))),
    to: reach < length ? places : smaller(places, up(sub(length + before, shift))),
  };
}

/** The sum of the lanes of each of up to four vectors, as the lanes of one. */
export function sumsOfLanes(locals: readonly string[]): string {
  const [a, b, c, d] = locals.map(get) as [string, ...string[]];
  const pair = (one: string, other: string | undefined) => {
    const second = other ?? f32x4(0);
    const low = `(i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 ${one} ${second})`;
    const high = `(i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 ${one} ${second})`;
    return addF(low, high);
  };
  const ab = pair(a, b);
  const cd = c === undefined ? f32x4(0) : pair(c, d);
  const low = `(i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 ${ab} ${cd})`;
  const high = `(i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 ${ab} ${cd})`;
  return addF(low, high);
}
