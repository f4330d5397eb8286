/** Takes examples as they come, one after the other, and lays them out lane by lane. Units are four features. */
import { add, get, i32, mul, set, store, type Writer, watFunction } from '../wat.js';
import { type Kernel, type KernelContext, parametersOf } from './kernel.js';

/** `size` numbers an example, floats or (where `pixelScale` is not zero) bytes. */
export function ingestKernel(size: number, { lanes }: KernelContext, pixelScale: number): Kernel {
  const body = (writer: Writer) => {
    const scale = writer.local('v128', 'scale');
    const [source, out, feature] = [
      writer.local('i32', 'source'),
      writer.local('i32', 'out'),
      writer.local('i32', 'feature'),
    ];
    const rows = writer.locals('v128', 'r', 4);
    const columns = writer.locals('v128', 'c', 4);
    const shuffled = (lanes: string, one: string, other: string) =>
      `(i8x16.shuffle ${lanes} ${get(one)} ${get(other)})`;
    const low = '0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23';
    const high = '8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31';
    const front = '0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23';
    const back = '8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31';
    const transposed = [
      set(columns[0]!, shuffled(low, rows[0]!, rows[1]!)),
      set(columns[1]!, shuffled(high, rows[0]!, rows[1]!)),
      set(columns[2]!, shuffled(low, rows[2]!, rows[3]!)),
      set(columns[3]!, shuffled(high, rows[2]!, rows[3]!)),
      set(rows[0]!, shuffled(front, columns[0]!, columns[2]!)),
      set(rows[1]!, shuffled(back, columns[0]!, columns[2]!)),
      set(rows[2]!, shuffled(front, columns[1]!, columns[3]!)),
      set(rows[3]!, shuffled(back, columns[1]!, columns[3]!)),
    ];
    const transfer = (bytes: number, loaded: (address: string) => string) =>
      writer.loop(get('$from'), get('$to'), 1, (unit) => [
        // The last unit goes over features that the one before has done already.
        set(feature, mul(get(unit), 4)),
        `(if (i32.gt_s ${get(feature)} (i32.const ${Math.max(size - 4, 0)})) (then ${set(feature, Math.max(size - 4, 0))}))`,
        ...writer.loop(0, lanes, 4, (lane) => [
          set(source, add(get('$in0'), mul(get(lane), size * bytes), mul(get(feature), bytes))),
          set(out, add(get('$out'), mul(get(feature), lanes * 4), mul(get(lane), 4))),
          ...rows.map((row, index) =>
            set(row, loaded(`(i32.add ${get(source)} ${i32(index * size * bytes)})`)),
          ),
          ...transposed,
          ...rows
            .slice(0, Math.min(4, size))
            .map((row, index) => store(get(out), get(row), index * lanes * 4)),
        ]),
      ]);
    const pixels = (address: string) =>
      `(f32x4.mul ${get(scale)} (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero ${address})))))`;
    return [
      set(scale, `(v128.load32_splat ${i32(pixelScale)})`),
      `(if (f32.ne (f32.load ${i32(pixelScale)}) (f32.const 0)) (then`,
      ...transfer(1, pixels),
      ') (else',
      ...transfer(4, (address) => `(v128.load ${address})`),
      '))',
    ];
  };
  return {
    key: `ingest ${size} ${lanes}`,
    text: (name) => watFunction(name, parametersOf(1), body),
    units: Math.ceil(size / 4),
    cost: size * lanes,
    functions: [],
  };
}
