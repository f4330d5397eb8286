/** Numbers from a counter: the step's seed and the value's stream are the key, the place and the lane the counter. */
import { sizeOf, type ValueOf } from '../../../program/index.js';
import { add, get, i32, mul, set, store, type Writer, watFunction } from '../wat.js';
import { type Kernel, type KernelContext, type Layout, parametersOf } from './kernel.js';

interface RandomOptions {
  /** The address of the step's seed. */
  readonly seed: number;
  /** The address of the number of lanes that came before in the batch. */
  readonly lanesBefore: number;
}

/** Units are entries, or four of them where all examples share one. */
export function randomKernel(
  { distribution, stream, seed }: ValueOf<'random'>['operation'],
  output: Layout,
  { lanes }: KernelContext,
  addresses: RandomOptions,
): Kernel {
  const size = sizeOf(output.shape);
  const key = seed === undefined ? `(i32.load ${i32(addresses.seed)})` : i32(seed);
  const drawn = (place: string, lane: string) =>
    `(call $${distribution} ${key} ${i32(stream)} ${place} ${lane})`;
  const counted = '(v128.const i32x4 0 1 2 3)';
  const batched = (writer: Writer) => {
    const [first, place] = [writer.local('v128', 'first'), writer.local('v128', 'place')];
    const out = writer.local('i32', 'out');
    return [
      set(first, `(i32x4.add (i32x4.splat (i32.load ${i32(addresses.lanesBefore)})) ${counted})`),
      ...writer.loop(get('$from'), get('$to'), 1, (entry) => [
        set(place, `(i32x4.splat ${get(entry)})`),
        set(out, add(get('$out'), mul(get(entry), lanes * 4))),
        ...writer.loop(0, lanes, 4, (lane) => [
          store(
            add(get(out), mul(get(lane), 4)),
            drawn(get(place), `(i32x4.add ${get(first)} (i32x4.splat ${get(lane)}))`),
          ),
        ]),
      ]),
    ];
  };
  const shared = (writer: Writer) =>
    writer.loop(get('$from'), get('$to'), 1, (unit) => [
      store(
        add(get('$out'), mul(get(unit), 16)),
        drawn(`(i32x4.add (i32x4.splat ${mul(get(unit), 4)}) ${counted})`, '(v128.const i32x4 0 0 0 0)'),
      ),
    ]);
  const units = output.batched ? size : Math.ceil(size / 4);
  return {
    key: `random ${distribution} ${stream} ${seed} ${size} ${output.batched ? lanes : 'shared'}`,
    text: (name) => watFunction(name, parametersOf(0), output.batched ? batched : shared),
    units,
    cost: units * (output.batched ? lanes / 4 : 1) * (distribution === 'uniform' ? 120 : 200),
    functions: [distribution],
  };
}
