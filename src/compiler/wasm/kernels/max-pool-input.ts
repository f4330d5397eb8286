/** The gradient of a max-pool. */
import type { ValueOf } from '../../../program/index.js';
import {
  add,
  addF,
  f32x4,
  get,
  type Int,
  load,
  mul,
  set,
  store,
  sub,
  type Writer,
  watFunction,
} from '../wat.js';
import {
  coordinates,
  divisorOf,
  type Kernel,
  type KernelContext,
  type Layout,
  parametersOf,
} from './kernel.js';
import { keyOf, largerF, overChannels } from './pool-loops.js';
import { tapsAt } from './window-range.js';

/** Vectors that a unit takes at once where windows overlap. */
const vectorGroups = [8, 4, 2];

/**
 * Gives each gradient to the first of the largest entries of its window. Windows may overlap, so that units are not
 * rows but columns of vectors: nobody else adds to the same place.
 */
export function maxPoolInputKernel(
  { window }: ValueOf<'maxPoolInput'>['operation'],
  [x, dy]: readonly [Layout, Layout],
  output: Layout,
  context: KernelContext,
): Kernel {
  const [height, width, channels] = x.shape as [number, number, number];
  const [rows, columns] = dy.shape as [number, number];
  const lane = 4 * context.lanes;
  const vectors = context.lanes / 4;
  const taps = window.size[0] * window.size[1];
  const isTiling =
    [0, 1].every(
      (axis) =>
        window.size[axis as 0] === window.strides[axis as 0] &&
        window.before[axis as 0] === 0 &&
        window.dilations[axis as 0] === 1,
    ) &&
    rows * window.size[0] <= height &&
    columns * window.size[1] <= width;

  /** What is done for one window and one vector. `places` are the bytes of its taps from its first one. */
  function tiling(writer: Writer): readonly string[] {
    const values = writer.locals('v128', 'v', taps);
    const [most, left, hit] = [
      writer.local('v128', 'most'),
      writer.local('v128', 'left'),
      writer.local('v128', 'hit'),
    ];
    const [from, to] = [writer.local('i32', 'from'), writer.local('i32', 'to')];
    const tapOffsets = (layout: Layout) =>
      Array.from(
        { length: taps },
        (_, tap) =>
          (Math.floor(tap / window.size[1]) * layout.strides[0]! +
            (tap % window.size[1]) * layout.strides[1]!) *
          lane,
      );
    const [xOffsets, outOffsets] = [tapOffsets(x), tapOffsets(output)];
    const covered = rows * window.size[0] === height && columns * window.size[1] === width;
    const rest = (line: readonly string[]) => (covered ? [] : line);
    const zero = (row: Int, column: Int, index: Int) =>
      store(
        add(get('$out'), index, mul(row, output.strides[0]! * lane), mul(column, output.strides[1]! * lane)),
        f32x4(0),
      );
    return writer.loop(get('$from'), get('$to'), 1, (row) => [
      ...writer.loop(0, columns, 1, (column) =>
        overChannels([output, x, dy], context, writer, ([toOffset, fromOffset, dyOffset]) => [
          set(
            from,
            add(
              get('$in0'),
              fromOffset!,
              mul(get(row), window.strides[0] * x.strides[0]! * lane),
              mul(get(column), window.strides[1] * x.strides[1]! * lane),
            ),
          ),
          set(
            to,
            add(
              get('$out'),
              toOffset!,
              mul(get(row), window.strides[0] * output.strides[0]! * lane),
              mul(get(column), window.strides[1] * output.strides[1]! * lane),
            ),
          ),
          ...values.map((value, tap) => set(value, load(get(from), xOffsets[tap]!))),
          set(most, values.map(get).reduce(largerF)),
          set(
            left,
            load(
              add(
                get('$in1'),
                dyOffset!,
                mul(get(row), dy.strides[0]! * lane),
                mul(get(column), dy.strides[1]! * lane),
              ),
            ),
          ),
          ...values.flatMap((value, tap) => [
            set(hit, `(f32x4.eq ${get(value)} ${get(most)})`),
            store(get(to), `(v128.and ${get(left)} ${get(hit)})`, outOffsets[tap]!),
            set(left, `(v128.andnot ${get(left)} ${get(hit)})`),
          ]),
        ]),
      ),
      // Rows and columns that no window covers.
      ...rest(
        overChannels([output], context, writer, ([index]) => [
          ...writer.loop(columns * window.size[1], width, 1, (column) =>
            Array.from({ length: window.size[0] }, (_, tap) =>
              zero(add(mul(get(row), window.strides[0]), tap), get(column), index!),
            ),
          ),
          ...(rows * window.size[0] === height
            ? []
            : [
                `(if (i32.eq ${get(row)} (i32.const ${rows - 1})) (then`,
                ...writer.loop(rows * window.size[0], height, 1, (below) =>
                  writer.loop(0, width, 1, (column) => [zero(get(below), get(column), index!)]),
                ),
                '))',
              ]),
        ]),
      ),
    ]);
  }

  function overlapping(writer: Writer): readonly string[] {
    const group = divisorOf(vectors, vectorGroups);
    const [mosts, lefts] = [writer.locals('v128', 'most', group), writer.locals('v128', 'left', group)];
    const [value, hit] = [writer.local('v128', 'value'), writer.local('v128', 'hit')];
    const [fromY, toY, fromX, toX, from, to] = ['fromY', 'toY', 'fromX', 'toX', 'from', 'to'].map((hint) =>
      writer.local('i32', hint),
    ) as [string, string, string, string, string, string];
    const [xBase, dyBase, outBase] = ['xBase', 'dyBase', 'outBase'].map((hint) =>
      writer.local('i32', hint),
    ) as [string, string, string];
    const place = (axis: 0 | 1, at: string, tap: string) =>
      sub(
        add(mul(get(at), window.strides[axis]), mul(get(tap), window.dilations[axis])),
        window.before[axis],
      );
    const entry = (base: string, layout: Layout, row: Int, column: Int) =>
      add(get(base), mul(row, layout.strides[0]! * lane), mul(column, layout.strides[1]! * lane));
    return writer.loop(get('$from'), get('$to'), 1, (unit) => {
      const [channel, vector] = coordinates(unit, [channels, vectors / group]);
      const base = (local: string, parameter: string, layout: Layout) =>
        set(local, add(get(parameter), mul(channel!, layout.strides[2]! * lane), mul(vector!, 16 * group)));
      return [
        base(xBase, '$in0', x),
        base(dyBase, '$in1', dy),
        base(outBase, '$out', output),
        ...writer.loop(0, height, 1, (row) =>
          writer.loop(0, width, 1, (column) => [
            set(to, entry(outBase, output, get(row), get(column))),
            ...lefts.map((_, index) => store(get(to), f32x4(0), 16 * index)),
          ]),
        ),
        ...writer.loop(0, rows, 1, (row) =>
          writer.loop(0, columns, 1, (column) => {
            const vertical = tapsAt(window, 0, get(row), height, rows);
            const horizontal = tapsAt(window, 1, get(column), width, columns);
            const each = (body: (tapY: string, tapX: string) => readonly string[]) =>
              writer.loop(get(fromY), get(toY), 1, (tapY) =>
                writer.loop(get(fromX), get(toX), 1, (tapX) => [
                  set(from, entry(xBase, x, place(0, row, tapY), place(1, column, tapX))),
                  ...body(tapY, tapX),
                ]),
              );
            return [
              set(fromY, vertical.from),
              set(toY, vertical.to),
              set(fromX, horizontal.from),
              set(toX, horizontal.to),
              ...mosts.map((most) => set(most, f32x4(Number.NEGATIVE_INFINITY))),
              ...each(() =>
                mosts.map((most, index) => set(most, largerF(get(most), load(get(from), 16 * index)))),
              ),
              set(to, entry(dyBase, dy, get(row), get(column))),
              ...lefts.map((left, index) => set(left, load(get(to), 16 * index))),
              ...each((tapY, tapX) => [
                set(to, entry(outBase, output, place(0, row, tapY), place(1, column, tapX))),
                ...lefts.flatMap((left, index) => [
                  set(value, load(get(from), 16 * index)),
                  set(hit, `(f32x4.eq ${get(value)} ${get(mosts[index]!)})`),
                  store(
                    get(to),
                    addF(load(get(to), 16 * index), `(v128.and ${get(left)} ${get(hit)})`),
                    16 * index,
                  ),
                  set(left, `(v128.andnot ${get(left)} ${get(hit)})`),
                ]),
              ]),
            ];
          }),
        ),
      ];
    });
  }

  return {
    key: keyOf('maxPoolInput', window, [x, dy, output], context),
    text: (name) => watFunction(name, parametersOf(2), isTiling ? tiling : overlapping),
    units: isTiling ? rows : channels * (vectors / divisorOf(vectors, vectorGroups)),
    cost: rows * columns * channels * vectors * taps * (isTiling ? 5 : 10),
    functions: [],
  };
}
