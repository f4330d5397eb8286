/** Pools, and the gradient of means. Channels and lanes are one row of vectors, which all go the same way. */
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
import { type Kernel, type KernelContext, type Layout, offsetOf, parametersOf } from './kernel.js';
import { keyOf, largerF, overChannels, windowTaps } from './pool-loops.js';
import { tapsAt, tapsOnto } from './window-range.js';

/** The largest entry of each window. Units are rows of the output. */
export function maxPoolKernel(window: Window, x: Layout, output: Layout, context: KernelContext): Kernel {
  const [rows, columns, channels] = output.shape as [number, number, number];
  const lane = 4 * context.lanes;
  const body = (writer: Writer) => {
    const taps = windowTaps(window, output.shape, [x], context, writer);
    return writer.loop(get('$from'), get('$to'), 1, (row) =>
      writer.loop(0, columns, 1, (column) => [
        ...taps.begin(get(row), get(column)),
        ...overChannels([output, x], context, writer, ([to, from]) => [
          store(
            add(get('$out'), to!, offsetOf([get(row), get(column)], output.strides.slice(0, 2), lane)),
            taps.offsets[0]!.map((tap) => load(add(get('$in0'), from!, get(tap)))).reduce(largerF),
          ),
        ]),
      ]),
    );
  };
  return {
    key: keyOf('maxPool', window, [x, output], context),
    text: (name) => watFunction(name, parametersOf(1), body),
    units: rows,
    cost: rows * columns * channels * (context.lanes / 4) * (3 * window.size[0] * window.size[1] + 3),
    functions: [],
  };
}

/** The mean of the entries of each window that lie in the image. Units are rows of the output. */
export function averagePoolKernel(window: Window, x: Layout, output: Layout, context: KernelContext): Kernel {
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
          set(scale, `(f32x4.div ${f32x4(1)} ${counted})`),
          ...overChannels([output, x], context, writer, ([to, from]) => [
            set(sum, f32x4(0)),
            ...writer.loop(vertical.from, vertical.to, 1, (tapY) =>
              writer.loop(horizontal.from, horizontal.to, 1, (tapX) => {
                const value = load(add(get('$in0'), from!, place(0, row, tapY), place(1, column, tapX)));
                return [set(sum, addF(get(sum), value))];
              }),
            ),
            store(
              add(get('$out'), to!, offsetOf([get(row), get(column)], output.strides.slice(0, 2), lane)),
              mulF(get(sum), get(scale)),
            ),
          ]),
        ];
      }),
    );
  };
  return {
    key: keyOf('averagePool', window, [x, output], context),
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
