/** Numbers in and out of a module's memory. */
import type { Region } from '../../compiler/wasm/generate-module.js';
import { sizeOf } from '../../layers/index.js';

/** Indices into the memory as floats, entry by entry. */
function placesOf({ address, shape, strides }: Region): Int32Array {
  const places = new Int32Array(sizeOf(shape));
  for (let entry = 0; entry < places.length; entry += 1) {
    let left = entry;
    let place = address;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      place += (left % shape[axis]!) * strides[axis]!;
      left = Math.floor(left / shape[axis]!);
    }
    places[entry] = place / 4;
  }
  return places;
}

/** Whether its entries lie side by side, in their order. */
function isDense({ shape, strides }: Region): boolean {
  let step = 4;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

/** A copy of a shared value. */
export function readShared(floats: Float32Array, region: Region): Float32Array {
  const start = region.address / 4;
  if (isDense(region)) return floats.slice(start, start + sizeOf(region.shape));
  const values = new Float32Array(sizeOf(region.shape));
  placesOf(region).forEach((place, entry) => {
    values[entry] = floats[place]!;
  });
  return values;
}

export function writeShared(floats: Float32Array, region: Region, values: ArrayLike<number>): void {
  if (isDense(region)) floats.set(values, region.address / 4);
  else
    placesOf(region).forEach((place, entry) => {
      floats[place] = values[entry]!;
    });
}

/** Reads examples out of lanes, into one after the other. */
export function laneReader(
  region: Region,
): (floats: Float32Array, count: number, target: Float32Array, offset: number) => void {
  const places = placesOf(region);
  const step = region.batched ? 1 : 0;
  return (floats, count, target, offset) => {
    for (let lane = 0; lane < count; lane += 1) {
      for (let entry = 0; entry < places.length; entry += 1) {
        target[offset + lane * places.length + entry] = floats[places[entry]! + lane * step]!;
      }
    }
  };
}
