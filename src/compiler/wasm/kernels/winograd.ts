/**
 * A few results side by side of a sum over a window, for fewer products than they have taps in all: "minimal filtering"
 * (Winograd, "Arithmetic Complexity of Computations", 1980; for convolutions Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2016). With r taps, m results and n = r + m − 1 inputs
 *
 *     y = Aᵀ [ (G g) ⊙ (Bᵀ d) ],    in two dimensions    Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A,
 *
 * where the rows belong to n − 1 points and infinity: Toom's and Cook's interpolation, transposed.
 */
import { addF, f32x4, get, mulF, set, type Writer } from '../wat.js';

export type Matrix = readonly (readonly number[])[];

export interface MinimalFilter {
  readonly taps: number;
  /** Results of a tile along an axis. */
  readonly step: number;
  /** Inputs of a tile along an axis. */
  readonly size: number;
  /** Aᵀ [step, size] */
  readonly output: Matrix;
  /** G [size, taps] */
  readonly weights: Matrix;
  /** Bᵀ [size, size] */
  readonly input: Matrix;
}

/**
 * By taps and step. Small points keep the rounding small (Barabasz and others, "Error Analysis and Improving the Accuracy
 * of Winograd Convolution", 2020): in two dimensions, and in the mean, it is 0.8 times that of the plain sum for two
 * results of three taps, 3 to 5 times that for the others of three and two of five, and 6 times for four of five. Pairs
 * of a and −a need fewer instructions.
 */
const points: Readonly<Record<number, Readonly<Record<number, readonly number[]>>>> = {
  3: { 2: [0, 1, -1], 3: [0, 1, -1, 2], 4: [0, 1, -1, 2, -2] },
  5: { 2: [0, 1, -1, 0.5, -0.5], 4: [0, 1, -1, 0.5, -0.5, 2, -2] },
};

/** The numbers of results that a tile can have along an axis, for a window of so many taps. */
export const stepsOf = (taps: number): readonly number[] => Object.keys(points[taps] ?? {}).map(Number);

const filters = new Map<string, MinimalFilter>();

/** For a step out of `stepsOf`. Always the same for the same numbers. */
export function minimalFilter(taps: number, step: number): MinimalFilter {
  const key = `${taps} ${step}`;
  const filter = filters.get(key) ?? newFilter(taps, step);
  filters.set(key, filter);
  return filter;
}

function newFilter(taps: number, step: number): MinimalFilter {
  const size = taps + step - 1;
  const finite = points[taps]![step]!;
  const powers = (point: number, count: number) =>
    Array.from({ length: count }, (_, power) => point ** power);
  const last = (count: number) => Array.from({ length: count }, (_, index) => (index === count - 1 ? 1 : 0));
  const others = (point: number) => finite.filter((other) => other !== point);
  const scale = (point: number) => others(point).reduce((product, other) => product * (point - other), 1);
  const columns = [...finite.map((point) => powers(point, step)), last(step)];
  return {
    taps,
    step,
    size,
    output: Array.from({ length: step }, (_, row) => columns.map((column) => column[row]!)),
    weights: [...finite.map((point) => powers(point, taps).map((power) => power / scale(point))), last(taps)],
    input: [...finite.map((point) => [...polynomial(others(point)), 0]), polynomial(finite)],
  };
}

export const transposed = (matrix: Matrix): Matrix =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

/** The coefficients, from the constant on, of the polynomial with these roots and 1 before its highest power. */
function polynomial(roots: readonly number[]): readonly number[] {
  let product: readonly number[] = [1];
  for (const root of roots) {
    const known = product;
    product = Array.from(
      { length: known.length + 1 },
      (_, power) => (known[power - 1] ?? 0) - root * (known[power] ?? 0),
    );
  }
  return product;
}

const costs = new WeakMap<
  MinimalFilter,
  Readonly<Record<'input' | 'output' | 'gradient' | 'weights', number>>
>();

/** Instructions to multiply a vector with each of the matrices, `gradient` being A. */
export function costsOf(filter: MinimalFilter) {
  const known = costs.get(filter) ?? {
    input: costOfTransform(filter.input),
    output: costOfTransform(filter.output),
    gradient: costOfTransform(transposed(filter.output)),
    weights: costOfTransform(filter.weights),
  };
  costs.set(filter, known);
  return known;
}

function costOfTransform(matrix: Matrix): number {
  const names = (hint: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${hint}${index}`);
  let locals = 0;
  const local = () => {
    locals += 1;
    return `$between${locals}`;
  };
  const lines = transformCode(matrix, names('$in', matrix[0]!.length), names('$out', matrix.length), {
    local,
  });
  return lines.join('').split('(f32x4.').length - 1;
}

/** Sets each target to its row of the matrix times the inputs, which are locals and none of the targets. */
export function transformCode(
  matrix: Matrix,
  inputs: readonly string[],
  targets: readonly string[],
  writer: Pick<Writer, 'local'>,
): readonly string[] {
  const lines: string[] = [];
  const named = (value: string) => {
    const local = writer.local('v128', 't');
    lines.push(set(local, value));
    return local;
  };
  // Points come as a and −a, whose columns, or rows, have sums and differences in common.
  const terms = new Map(inputs.map((input, column) => [input, matrix.map((row) => row[column]!)]));
  for (const [one, other] of pairs(inputs, (input) => terms.get(input)!)) {
    const column = terms.get(one)!;
    terms.delete(one);
    terms.delete(other);
    terms.set(
      named(addF(get(one), get(other))),
      column.map((entry, row) => (row % 2 === 0 ? entry : 0)),
    );
    terms.set(
      named(subF(get(one), get(other))),
      column.map((entry, row) => (row % 2 === 0 ? 0 : entry)),
    );
  }
  const left = [...terms];
  const rowOf = (row: number) => left.map(([local, column]) => [local, column[row]!] as const);
  const rows = matrix.map((_, row) => row);
  const paired = pairs(rows, (row) => rowOf(row).map(([, entry]) => entry));
  for (const [one, other] of paired) {
    const even = named(sumOf(rowOf(one).filter((_, index) => index % 2 === 0)));
    const odd = named(sumOf(rowOf(one).filter((_, index) => index % 2 === 1)));
    lines.push(
      set(targets[one]!, addF(get(even), get(odd))),
      set(targets[other]!, subF(get(even), get(odd))),
    );
  }
  for (const row of rows.filter((row) => !paired.flat().includes(row))) {
    lines.push(set(targets[row]!, sumOf(rowOf(row))));
  }
  return lines;
}

/** Bytes of the grid that a transform in two passes leaves between them, `vectors` side by side. */
export const gridBytes = ({ size }: MinimalFilter, vectors = 1): number => size ** 2 * vectors * 16;

interface Pass {
  /** Vectors that come and go one after the other. */
  readonly count: number;
  /** The inputs of one. */
  read(input: number): string;
  write(value: string, output: number): readonly string[];
  /** Moves all pointers to the next. */
  readonly next: readonly string[];
}

/** Multiplies vector after vector with a matrix: with rows and then columns of a grid, it is M X Mᵀ. */
export function passCode(
  matrix: Matrix,
  { count, read, write, next }: Pass,
  writer: Writer,
): readonly string[] {
  const inputs = writer.locals('v128', 'l', matrix[0]!.length);
  const outputs = writer.locals('v128', 'o', matrix.length);
  return writer.loop(0, count, 1, () => [
    ...inputs.map((local, input) => set(local, read(input))),
    ...transformCode(matrix, inputs, outputs, writer),
    ...outputs.flatMap((local, output) => write(get(local), output)),
    ...next,
  ]);
}

/** Those whose numbers at even places are the same, and at odd ones have the other sign. */
function pairs<Item>(
  items: readonly Item[],
  numbersOf: (item: Item) => readonly number[],
): readonly [Item, Item][] {
  const isMirror = (one: readonly number[], other: readonly number[]) =>
    [0, 1].every((parity) => one.some((entry, index) => index % 2 === parity && entry !== 0)) &&
    one.every((entry, index) => other[index] === (index % 2 === 0 ? entry : -entry));
  const found: [Item, Item][] = [];
  for (const [index, item] of items.entries()) {
    if (found.flat().includes(item)) continue;
    const mate = items.slice(index + 1).find((other) => isMirror(numbersOf(item), numbersOf(other)));
    if (mate !== undefined) found.push([item, mate]);
  }
  return found;
}

const subF = (one: string, other: string): string => `(f32x4.sub ${one} ${other})`;

function sumOf(terms: readonly (readonly [local: string, factor: number])[]): string {
  const present = terms.filter(([, factor]) => factor !== 0);
  const size = (local: string, factor: number) =>
    factor === 1 ? get(local) : mulF(get(local), f32x4(factor));
  // Begins with one that is added, where there is one.
  const [[local, factor], ...rest] = present.toSorted(
    ([, one], [, other]) => Math.sign(other) - Math.sign(one),
  ) as [(typeof present)[number], ...(typeof present)[number][]];
  return rest.reduce(
    (sum, [next, by]) => (by < 0 ? subF(sum, size(next, -by)) : addF(sum, size(next, by))),
    factor === -1 ? mulF(get(local), f32x4(-1)) : size(local, factor),
  );
}
