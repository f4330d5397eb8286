/** What a kernel is: a loop over units of work that one operation takes, for shapes that are known. */
import type { Shape } from '../../../program/index.js';
import type { VectorFunctionName } from '../vector-functions.js';
import { add, div, get, type Int, mul, rem } from '../wat.js';

/** How the entries of a value lie in memory, seen from where they begin. */
export interface Layout {
  readonly shape: Shape;
  /** One entry for each lane, side by side; else one for all. */
  readonly batched: boolean;
  /** For each axis, in entries. */
  readonly strides: readonly number[];
  /** Nothing else lies in the last 16 bytes that it takes, so that whole vectors can be stored. */
  readonly alone: boolean;
}

export interface KernelContext {
  /** Of the batch in memory: a multiple of four. */
  readonly lanes: number;
  /** Multiplications and additions may be fused. */
  readonly relaxed: boolean;
}

/** What the kernels of a whole step know besides. */
export interface StepContext extends KernelContext {
  /** Addresses of what a step is told: see control.ts. */
  readonly control: { readonly seed: number; readonly lanesBefore: number; readonly firstPiece: number };
  /** Whether a batch can come in pieces, whose sums are added up. */
  readonly inPieces: boolean;
}

export interface Kernel {
  /** Of the same operation and layouts as any other with this key. */
  readonly key: string;
  /** The function: it does the units from `$from` up to `$to`, at the addresses `$out`, `$in0`, `$in1`, … */
  text(name: string): string;
  /** How many units of work there are; what one does never depends on who does it. */
  readonly units: number;
  /** Bytes that it takes for itself while it runs, at `$scratch`, the last of its parameters. */
  readonly scratch?: number;
  /** About how many vector instructions all of them take. */
  readonly cost: number;
  readonly functions: readonly VectorFunctionName[];
}

export const bytesPerEntry = (layout: Layout, { lanes }: KernelContext): number =>
  layout.batched ? 4 * lanes : 4;

/** The parameters of a kernel with so many inputs. */
export const parametersOf = (inputs: number): readonly string[] => [
  '$from',
  '$to',
  '$out',
  ...Array.from({ length: inputs }, (_, index) => `$in${index}`),
];

/** The coordinates of a unit in a space of these lengths, the last running fastest. */
export function coordinates(unit: string, lengths: readonly number[]): readonly Int[] {
  let left: Int = get(unit);
  const found: Int[] = [];
  for (let axis = lengths.length - 1; axis >= 0; axis -= 1) {
    found.unshift(axis === 0 ? left : rem(left, lengths[axis]!));
    left = div(left, lengths[axis]!);
  }
  return found;
}

/** Bytes from the beginning of a value to the entry at some coordinates. */
export const offsetOf = (places: readonly Int[], strides: readonly number[], bytes: number): Int =>
  add(...places.map((place, axis) => mul(place, strides[axis]! * bytes)));

/** The first of the candidates that divides it. */
export const divisorOf = (value: number, candidates: readonly number[]): number =>
  candidates.find((candidate) => value % candidate === 0) ?? 1;

/** Axes that lie in memory as one are joined, and those of length 1 dropped; in all layouts at once. */
export function mergeAxes(
  shape: Shape,
  strides: readonly (readonly number[])[],
): { readonly shape: Shape; readonly strides: readonly (readonly number[])[] } {
  const lengths: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (const [axis, length] of shape.entries()) {
    if (length === 1) continue;
    const joins =
      lengths.length > 0 && strides.every((own, index) => steps[index]!.at(-1) === own[axis]! * length);
    if (joins) {
      lengths[lengths.length - 1]! *= length;
      strides.forEach((own, index) => {
        steps[index]![steps[index]!.length - 1] = own[axis]!;
      });
    } else {
      lengths.push(length);
      strides.forEach((own, index) => {
        steps[index]!.push(own[axis]!);
      });
    }
  }
  return { shape: lengths, strides: steps };
}
