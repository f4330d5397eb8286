/** Pools and their gradients. Channels and lanes are one row of vectors, which all go the same way. */
import type { ValueOf, Window } from '../../../program/index.js';
import {
  add,
  addF,
  f32x4,
  get,
  type Int,
  load,
  mul,
  mulF,
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
  offsetOf,
  parametersOf,
} from './kernel.js';
import { tapsAt, tapsOnto } from './window-range.js';

type Pool = 'maxPool' | 'averagePool';

/** Vectors that a unit takes at once where windows overlap. */
const vectorGroups = [8, 4, 2];

/** One instruction of the processor, where `f32x4.max` is many: it does not look for what is not a number. */
const largerF = (one: string, other: string): string => `(f32x4.pmax ${one} ${other})`;

const keyOf = (kind: string, window: Window, layouts: readonly Layout[], { lanes }: KernelContext) =>
  `${kind} ${JSON.stringify([window, layouts])} ${lanes}`;

/** The byte offsets of the vectors of a row of channels: `(counter) => [offset in one, offset in the other]`. */
function overChannels(
  layouts: readonly Layout[],
  { lanes }: KernelContext,
  writer: Writer,
  body: (offsets: readonly Int[]) => readonly string[],
): readonly string[] {
  const channels = layouts[0]!.shape[2]!;
  const lane = 4 * lanes;
  if (layouts.every(({ strides }) => strides[2] === 1)) {
    return writer.loop(0, channels * lane, 16, (offset) => body(layouts.map(() => get(offset))));
  }
  return writer.loop(0, channels, 1, (channel) =>
    writer.loop(0, lane, 16, (vector) =>
      body(layouts.map(({ strides }) => add(mul(get(channel), strides[2]! * lane), get(vector)))),
    ),
  );
}

/** The largest or the mean of each window. Units are rows of the output. */
export function poolKernel(
  kind: Pool,
  window: Window,
  x: Layout,
  output: Layout,
  context: KernelContext,
): Kernel {
  const [height, width] = x.shape as [number, number];
  const [rows, columns, channels] = output.shape as [number, number, number];
  const lane = 4 * context.lanes;
  const taps = window.size[0] * window.size[1];
  const body = (writer: Writer) => {
    const sum = writer.local('v128', 'sum');
    const scale = writer.local('v128', 'scale');
    return writer.loop(get('$from'), get('$to'), 1, (row) =>
      writer.loop(0, columns, 1, (column) => {
        const vertical = tapsAt(window, 0, get(row), height, rows);
        const horizontal = tapsAt(window, 1, get(column), width, columns);
        const place = (axis: 0 | 1, at: string, tap: string) =>
          mul(
            sub(
              add(mul(get(at), window.strides[axis]), mul(get(tap), window.dilations[axis])),
              window.before[axis],
            ),
            x.strides[axis]! * lane,
          );
        const counted = `(f32x4.splat (f32.convert_i32_s (i32.mul ${count(vertical)} ${count(horizontal)})))`;
        return [
          ...(kind === 'averagePool' ? [set(scale, `(f32x4.div ${f32x4(1)} ${counted})`)] : []),
          ...overChannels([output, x], context, writer, ([to, from]) => [
            set(sum, f32x4(kind === 'maxPool' ? Number.NEGATIVE_INFINITY : 0)),
            ...writer.loop(vertical.from, vertical.to, 1, (tapY) =>
              writer.loop(horizontal.from, horizontal.to, 1, (tapX) => {
                const value = load(add(get('$in0'), from!, place(0, row, tapY), place(1, column, tapX)));
                return [set(sum, kind === 'maxPool' ? largerF(get(sum), value) : addF(get(sum), value))];
              }),
            ),
            store(
              add(get('$out'), to!, offsetOf([get(row), get(column)], output.strides.slice(0, 2), lane)),
              kind === 'maxPool' ? get(sum) : mulF(get(sum), get(scale)),
            ),
          ]),
        ];
      }),
    );
  };
  return {
    key: keyOf(kind, window, [x, output], context),
    text: (name) => watFunction(name, parametersOf(1), body),
    units: rows,
    cost: rows * columns * channels * (context.lanes / 4) * (6 * taps + 3),
    functions: [],
  };
}

const count = ({ from, to }: { readonly from: Int; readonly to: Int }) => {
  const length = sub(to, from);
  return typeof length === 'number' ? `(i32.const ${length})` : length;
};

/** Every image place gathers its part of each window that it is in. Units are rows of the image. */
export function averagePoolInputKernel(
  { window }: ValueOf<'averagePoolInput'>['operation'],
  dy: Layout,
  output: Layout,
  context: KernelContext,
): Kernel {
  const [height, width, channels] = output.shape as [number, number, number];
  const [rows, columns] = dy.shape as [number, number];
  const lane = 4 * context.lanes;
  const body = (writer: Writer) => {
    const sum = writer.local('v128', 'sum');
    const [placeY, placeX] = [writer.local('i32', 'placeY'), writer.local('i32', 'placeX')];
    return writer.loop(get('$from'), get('$to'), 1, (row) =>
      writer.loop(0, width, 1, (column) => {
        const vertical = tapsOnto(window, 0, get(row), rows);
        const horizontal = tapsOnto(window, 1, get(column), columns);
        const place = (axis: 0 | 1, at: string, tap: string) =>
          `(i32.div_u ${sub(add(get(at), window.before[axis]), mul(get(tap), window.dilations[axis]))} (i32.const ${window.strides[axis]}))`;
        return overChannels([output, dy], context, writer, ([to, from]) => [
          set(sum, f32x4(0)),
          ...writer.loop(vertical.from, vertical.to, vertical.step, (tapY) =>
            writer.loop(horizontal.from, horizontal.to, horizontal.step, (tapX) => {
              const counted = [
                count(tapsAt(window, 0, get(placeY), height, rows)),
                count(tapsAt(window, 1, get(placeX), width, columns)),
              ].reduce((one, other) => `(i32.mul ${one} ${other})`);
              return [
                set(placeY, place(0, row, tapY)),
                set(placeX, place(1, column, tapX)),
                set(
                  sum,
                  addF(
                    get(sum),
                    `(f32x4.div ${load(add(get('$in0'), from!, mul(get(placeY), dy.strides[0]! * lane), mul(get(placeX), dy.strides[1]! * lane)))} (f32x4.splat (f32.convert_i32_s ${counted})))`,
                  ),
                ),
              ];
            }),
          ),
          store(
            add(get('$out'), to!, offsetOf([get(row), get(column)], output.strides.slice(0, 2), lane)),
            get(sum),
          ),
        ]);
      }),
    );
  };
  const taps = Math.ceil(window.size[0] / window.strides[0]) * Math.ceil(window.size[1] / window.strides[1]);
  return {
    key: keyOf('averagePoolInput', window, [dy, output], context),
    text: (name) => watFunction(name, parametersOf(1), body),
    units: height,
    cost: height * width * channels * (context.lanes / 4) * (12 * taps + 3),
    functions: [],
  };
}

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
