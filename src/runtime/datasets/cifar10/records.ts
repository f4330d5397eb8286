/** The records of the official binary files: a label byte, then all red, all green and all blue pixels. */
import { imageBytes } from './contents.js';

export const recordBytes = 1 + imageBytes;
const plane = imageBytes / 3;

/** Puts `labels.length` records into tfjs's order: row by row, red, green and blue of a pixel side by side. */
export function decodeRecords(records: Uint8Array, images: Uint8Array, labels: Uint8Array): void {
  for (let image = 0; image < labels.length; image++) {
    const record = image * recordBytes;
    labels[image] = records[record]!;
    let from = record + 1;
    let to = image * imageBytes;
    for (let pixel = 0; pixel < plane; pixel++) {
      images[to] = records[from]!;
      images[to + 1] = records[from + plane]!;
      images[to + 2] = records[from + 2 * plane]!;
      from += 1;
      to += 3;
    }
  }
}
