/** Convolutions of each channel by itself, and their gradients. There is little to share between channels. */
import type { ValueOf } from '../../../program/index.js';
import {
  add,
  addF,
  f32x4,
  get,
  type Int,
  i32,
  load,
  mul,
  mulF,
  set,
  splat,
  store,
  storeLane,
  sub,
  type Writer,
  watFunction,
} from '../wat.js';
import {
  coordinates,
  type Kernel,
  type KernelContext,
  type Layout,
  offsetOf,
  parametersOf,
} from './kernel.js';
import { acrossLanes, type ReduceOptions } from './reduce.js';
import { tapsAt, tapsOnto } from './window-range.js';

/** x [H, W, C] and w [h, w, C, M] give [H', W', C · M]. Units are rows of the output. */
export function depthwiseKernel(
  { window }: ValueOf<'depthwise'>['operation'],
  [x, w]: readonly [Layout, Layout],
  output: Layout,
  context: KernelContext,
): Kernel {
  const [height, width, channels] = x.shape as [number, number, number];
  const multiplier = w.shape[3]!;
  const [rows, columns] = output.shape as [number, number];
  const lane = 4 * context.lanes;
  const body = (writer: Writer) => {
    const sum = writer.local('v128', 'sum');
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
        return writer.loop(0, channels, 1, (channel) =>
          writer.loop(0, multiplier, 1, (filter) =>
            writer.loop(0, lane, 16, (vector) => [
              set(sum, f32x4(0)),
              ...writer.loop(vertical.from, vertical.to, 1, (tapY) =>
                writer.loop(horizontal.from, horizontal.to, 1, (tapX) => [
                  set(
                    sum,
                    addF(
                      get(sum),
                      mulF(
                        load(
                          add(
                            get('$in0'),
                            get(vector),
                            mul(get(channel), x.strides[2]! * lane),
                            place(0, row, tapY),
                            place(1, column, tapX),
                          ),
                        ),
                        splat(
                          add(
                            get('$in1'),
                            offsetOf([get(tapY), get(tapX), get(channel), get(filter)], w.strides, 4),
                          ),
                        ),
                      ),
                    ),
                  ),
                ]),
              ),
              store(
                add(
                  get('$out'),
                  get(vector),
                  offsetOf(
                    [get(row), get(column), add(mul(get(channel), multiplier), get(filter))],
                    output.strides,
                    lane,
                  ),
                ),
                get(sum),
              ),
            ]),
          ),
        );
      }),
    );
  };
  return {
    key: `depthwise ${JSON.stringify([window, x, w, output])} ${context.lanes}`,
    text: (name) => watFunction(name, parametersOf(2), body),
    units: rows,
    cost: rows * columns * channels * multiplier * (context.lanes / 4) * window.size[0] * window.size[1] * 12,
    functions: [],
  };
}

/** y [H', W', C · M] and w [h, w, C, M] give [H, W, C]. Units are rows of the image. */
export function depthwiseInputKernel(
  { window }: ValueOf<'depthwiseInput'>['operation'],
  [y, w]: readonly [Layout, Layout],
  output: Layout,
  context: KernelContext,
): Kernel {
  const [rows, columns] = y.shape as [number, number];
  const multiplier = w.shape[3]!;
  const [height, width, channels] = output.shape as [number, number, number];
  const lane = 4 * context.lanes;
  const body = (writer: Writer) => {
    const sum = writer.local('v128', 'sum');
    const base = writer.local('i32', 'base');
    return writer.loop(get('$from'), get('$to'), 1, (row) =>
      writer.loop(0, width, 1, (column) => {
        const vertical = tapsOnto(window, 0, get(row), rows);
        const horizontal = tapsOnto(window, 1, get(column), columns);
        const place = (axis: 0 | 1, at: string, tap: string) =>
          mul(
            `(i32.div_u ${i32(sub(add(get(at), window.before[axis]), mul(get(tap), window.dilations[axis])))} (i32.const ${window.strides[axis]}))`,
            y.strides[axis]! * lane,
          );
        return writer.loop(0, channels, 1, (channel) =>
          writer.loop(0, lane, 16, (vector) => [
            set(sum, f32x4(0)),
            ...writer.loop(vertical.from, vertical.to, vertical.step, (tapY) =>
              writer.loop(horizontal.from, horizontal.to, horizontal.step, (tapX) => [
                set(base, add(get('$in0'), get(vector), place(0, row, tapY), place(1, column, tapX))),
                ...writer.loop(0, multiplier, 1, (filter) => [
                  set(
                    sum,
                    addF(
                      get(sum),
                      mulF(
                        load(
                          add(
                            get(base),
                            mul(add(mul(get(channel), multiplier), get(filter)), y.strides[2]! * lane),
                          ),
                        ),
                        splat(
                          add(
                            get('$in1'),
                            offsetOf([get(tapY), get(tapX), get(channel), get(filter)], w.strides, 4),
                          ),
                        ),
                      ),
                    ),
                  ),
                ]),
              ]),
            ),
            store(
              add(
                get('$out'),
                get(vector),
                offsetOf([get(row), get(column), get(channel)], output.strides, lane),
              ),
              get(sum),
            ),
          ]),
        );
      }),
    );
  };
  return {
    key: `depthwiseInput ${JSON.stringify([window, y, w, output])} ${context.lanes}`,
    text: (name) => watFunction(name, parametersOf(2), body),
    units: height,
    cost: height * width * channels * multiplier * (context.lanes / 4) * window.size[0] * window.size[1] * 12,
    functions: [],
  };
}

/** x [H, W, C] and y [H', W', C · M] give [h, w, C, M]. Units are weights. */
export function depthwiseWeightsKernel(
  { window }: ValueOf<'depthwiseKernel'>['operation'],
  [x, y]: readonly [Layout, Layout],
  output: Layout,
  context: KernelContext,
  { firstPiece }: ReduceOptions,
): Kernel {
  const [height, width] = x.shape as [number, number];
  const [rows, columns] = y.shape as [number, number];
  const multiplier = output.shape[3]!;
  const lane = 4 * context.lanes;
  const body = (writer: Writer) => {
    const sum = writer.local('v128', 'sum');
    const taps = [writer.local('i32', 'tapY'), writer.local('i32', 'tapX')] as const;
    const [px, py, out] = [writer.local('i32', 'px'), writer.local('i32', 'py'), writer.local('i32', 'out')];
    return writer.loop(get('$from'), get('$to'), 1, (unit) => {
      const places = coordinates(unit, output.shape);
      const inside = (axis: 0 | 1, at: string, length: number) => {
        const place = sub(
          add(mul(get(at), window.strides[axis]), mul(get(taps[axis]), window.dilations[axis])),
          window.before[axis],
        );
        // Unsigned, so that what lies before the image is beyond it too.
        return { place, holds: `(i32.lt_u ${i32(place)} (i32.const ${length}))` };
      };
      return [
        set(taps[0], places[0]!),
        set(taps[1], places[1]!),
        set(sum, f32x4(0)),
        ...writer.loop(0, rows, 1, (row) =>
          writer.loop(0, columns, 1, (column) => {
            const [vertical, horizontal] = [inside(0, row, height), inside(1, column, width)];
            return [
              `(if (i32.and ${vertical.holds} ${horizontal.holds}) (then`,
              set(
                px,
                add(get('$in0'), offsetOf([vertical.place, horizontal.place, places[2]!], x.strides, lane)),
              ),
              set(
                py,
                add(
                  get('$in1'),
                  offsetOf(
                    [get(row), get(column), add(mul(places[2]!, multiplier), places[3]! as Int)],
                    y.strides,
                    lane,
                  ),
                ),
              ),
              ...writer.loop(0, lane, 16, (vector) => [
                set(
                  sum,
                  addF(get(sum), mulF(load(add(get(px), get(vector))), load(add(get(py), get(vector))))),
                ),
              ]),
              '))',
            ];
          }),
        ),
        ...acrossLanes(sum, 'add'),
        set(out, add(get('$out'), offsetOf(places, output.strides, 4))),
        ...(firstPiece === undefined
          ? []
          : [
              `(if (i32.eqz (i32.load ${i32(firstPiece)})) (then`,
              set(sum, addF(get(sum), splat(get(out)))),
              '))',
            ]),
        storeLane(get(out), get(sum)),
      ];
    });
  };
  const units = output.shape.reduce((product, length) => product * length, 1);
  return {
    key: `depthwiseKernel ${JSON.stringify([window, x, y, output])} ${context.lanes} ${firstPiece}`,
    text: (name) => watFunction(name, parametersOf(2), body),
    units,
    cost: units * rows * columns * (8 + context.lanes),
    functions: [],
  };
}
