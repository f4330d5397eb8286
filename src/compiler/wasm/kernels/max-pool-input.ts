/** The gradient of a max-pool. */
import type { ValueOf } from '../../../program/index.js';
import { add, addF, f32x4, get, type Int, load, mul, set, store, type Writer, watFunction } from '../wat.js';
import { divisorOf, type Kernel, type KernelContext, type Layout, offsetOf, parametersOf } from './kernel.js';
import { keyOf, largerF, overChannels, windowTaps } from './pool-loops.js';

/**
 * Gives each gradient to the first of the largest entries of its window. Windows may overlap, so that units are not
 * rows but some channels: nobody else adds to the same place.
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
  const group = divisorOf(channels, [4, 3, 2]);
  const isTiling =
    [0, 1].every(
      (axis) =>
        window.size[axis as 0] === window.strides[axis as 0] &&
        window.before[axis as 0] === 0 &&
        window.dilations[axis as 0] === 1,
    ) &&
    rows * window.size[0] <= height &&
    columns * window.size[1] <= width;

  const zero = (row: Int, column: Int, index: Int) =>
    store(
      add(get('$out'), index, mul(row, output.strides[0]! * lane), mul(column, output.strides[1]! * lane)),
      f32x4(0),
    );

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
    const values = writer.locals('v128', 'v', taps);
    const [most, left, hit] = ['most', 'left', 'hit'].map((hint) => writer.local('v128', hint)) as [
      string,
      string,
      string,
    ];
    const { begin, offsets } = windowTaps(window, dy.shape, [x, output], context, writer);
    const [xTaps, outTaps] = offsets as [readonly string[], readonly string[]];
    return writer.loop(get('$from'), get('$to'), 1, (unit) => {
      const some = [mul(get(unit), group), group] as const;
      return [
        ...writer.loop(0, height, 1, (row) =>
          writer.loop(0, width, 1, (column) =>
            overChannels(
              [output],
              context,
              writer,
              ([offset]) => [zero(get(row), get(column), offset!)],
              some,
            ),
          ),
        ),
        ...writer.loop(0, rows, 1, (row) =>
          writer.loop(0, columns, 1, (column) => [
            ...begin(get(row), get(column)),
            ...overChannels(
              [output, x, dy],
              context,
              writer,
              ([to, from, dyFrom]) => [
                ...values.map((value, tap) => set(value, load(add(get('$in0'), from!, get(xTaps[tap]!))))),
                set(most, values.map(get).reduce(largerF)),
                set(
                  left,
                  load(
                    add(
                      get('$in1'),
                      dyFrom!,
                      offsetOf([get(row), get(column)], dy.strides.slice(0, 2), lane),
                    ),
                  ),
                ),
                ...values.flatMap((value, tap) => {
                  const place = add(get('$out'), to!, get(outTaps[tap]!));
                  return [
                    set(hit, `(f32x4.eq ${get(value)} ${get(most)})`),
                    store(place, addF(load(place), `(v128.and ${get(left)} ${get(hit)})`)),
                    set(left, `(v128.andnot ${get(left)} ${get(hit)})`),
                  ];
                }),
              ],
              some,
            ),
          ]),
        ),
      ];
    });
  }

  return {
    key: keyOf('maxPoolInput', window, [x, dy, output], context),
    text: (name) => watFunction(name, parametersOf(2), isTiling ? tiling : overlapping),
    units: isTiling ? rows : channels / group,
    cost: rows * columns * channels * vectors * taps * (isTiling ? 5 : 10),
    functions: [],
  };
}
