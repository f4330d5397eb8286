/**
 * What every loader ends with: the code that runs a module as the layout of its memory says, and reads and writes
 * weights. It is the same text for all models; what differs between them stands above it, in `layout`.
 */
import { quote } from '../../typescript/text.js';

/** Of the custom section that holds the weights which a module starts with: a safetensors file. */
export const weightsSection = 'speccc.weights';

/** In the metadata of those weights: which module, without them, they were written for. */
export const programKey = 'program';

export const loaderRuntime = `/** Where a module is: a URL (in Node also the path of a file), or its bytes. */
export type ModuleSource = string | { readonly href: string } | Uint8Array | ArrayBuffer;

/** How the memory is laid out. Places count 32-bit numbers from its start. */
interface Layout {
  readonly file: string;
  readonly model: string;
  /** What tells the module from others. */
  readonly program: string;
  /** Of 64 KiB. */
  readonly pages: number;
  /** Examples that are computed at once. */
  readonly lanes: number;
  readonly control: Readonly<Record<'seed' | 'lanesBefore' | 'firstPiece' | 'byteScale', number>>;
  /** What bytes are multiplied by. */
  readonly byteScale: number;
  readonly inputs: Readonly<Record<string, { readonly place: number; readonly size: number }>>;
  readonly labels?: number;
  /** Of labels that are class indices. */
  readonly classes?: number;
  /** 1 for lanes with an example, else 0. */
  readonly mask?: number;
  readonly count?: number;
  readonly weightShapes: Readonly<Record<string, readonly number[]>>;
  /** Undefined for a weight that no program reads. */
  readonly weightPlaces: Readonly<Record<string, number | undefined>>;
  /** Numbers of the optimizer that do not start with 0. */
  readonly optimizer: readonly { readonly place: number; readonly size: number; readonly value: number }[];
}

/** The command for so many examples as there are lanes, the one that ends a batch, and what is known then. */
interface Program {
  readonly piece: number;
  readonly finish?: number;
  readonly outputs?: Readonly<Record<string, Output>>;
  readonly values?: Readonly<Record<string, number>>;
  /** It needs all examples of a batch at once. */
  readonly whole?: true;
}

interface Output {
  readonly place: number;
  /** For each axis how many entries it has, and how far they are from each other. */
  readonly axes: readonly (readonly [number, number])[];
  /** From an example to the next one. */
  readonly lane: number;
}

/** Examples one after the other, by the names of the inputs. */
type Given = Readonly<Record<string, Float32Array | Uint8Array>>;
type Arrays<Name extends string = string> = Record<Name, Float32Array<ArrayBuffer>>;

async function openModule(source: ModuleSource, layout: Layout) {
  const module = await compileModule(source, layout.file);
  const initial = initialWeights(module, layout);
  const memory = new WebAssembly.Memory({ initial: layout.pages, maximum: layout.pages });
  const { command } = (await WebAssembly.instantiate(module, { env: { memory } })).exports;
  const floats = new Float32Array(memory.buffer);
  const integers = new Int32Array(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  const { control, lanes } = layout;
  for (const { place, size, value } of layout.optimizer) floats.fill(value, place, place + size);

  function run(
    program: Program,
    given: Given,
    labels: ArrayLike<number>,
    seed: number,
    afterPiece?: (from: number, to: number) => void,
  ): void {
    const { count, areBytes } = checkInputs(given, layout);
    if (program.whole && count > lanes) {
      throw new RangeError(
        \`a batch of this model has at most \${lanes} examples, for it needs statistics of all, found \${count}\`,
      );
    }
    integers[control.seed] = seed;
    floats[control.byteScale] = areBytes ? layout.byteScale : 0;
    if (layout.count !== undefined) floats[layout.count] = count;
    for (let from = 0; from < count; from += lanes) {
      const to = Math.min(from + lanes, count);
      for (const [name, { place, size }] of Object.entries(layout.inputs)) {
        const [target, start] = areBytes ? [bytes, place * 4] : [floats, place];
        target.set(given[name]?.subarray(from * size, to * size) ?? [], start);
        target.fill(0, start + (to - from) * size, start + lanes * size);
      }
      for (let lane = 0; lane < lanes; lane += 1) {
        const isExample = from + lane < to;
        if (layout.mask !== undefined) floats[layout.mask + lane] = isExample ? 1 : 0;
        const label = isExample ? labels[from + lane] : 0;
        if (layout.labels !== undefined) floats[layout.labels + lane] = label ?? 0;
      }
      integers[control.lanesBefore] = from;
      integers[control.firstPiece] = from === 0 ? 1 : 0;
      command(program.piece, 1);
      afterPiece?.(from, to);
    }
    if (program.finish !== undefined) command(program.finish, 1);
  }

  const weights = new Map(
    Object.entries(layout.weightShapes).map(([name, shape]) => {
      const [place, size] = [layout.weightPlaces[name], sizeOf(shape)];
      return [name, place === undefined ? new Float32Array(size) : floats.subarray(place, place + size)];
    }),
  );

  const model = {
    /** For each output its values for each example, one after the other. */
    predict<Name extends string>(
      program: Program & { readonly outputs: Readonly<Record<Name, Output>> },
      given: Given,
    ): Arrays<Name> {
      const { count } = checkInputs(given, layout);
      const outputs = Object.entries<Output>(program.outputs).map(([name, output]) => {
        const entries = entriesOf(output);
        return { name, entries, lane: output.lane, values: new Float32Array(count * entries.length) };
      });
      run(program, given, [], 0, (from, to) => {
        for (const { entries, lane, values } of outputs) {
          entries.forEach((place, entry) => {
            for (let example = from; example < to; example += 1) {
              values[example * entries.length + entry] = floats[place + (example - from) * lane] ?? 0;
            }
          });
        }
      });
      return Object.fromEntries(outputs.map(({ name, values }) => [name, values])) as Arrays<Name>;
    },

    /** The values of a program that looks at labels. */
    compute<Name extends string>(
      program: Program & { readonly values: Readonly<Record<Name, number>> },
      given: Given,
      labels: ArrayLike<number>,
      seed: number,
    ): Record<Name, number> {
      checkLabels(labels, checkInputs(given, layout).count, layout.classes);
      run(program, given, labels, seed);
      const values = Object.entries<number>(program.values).map(([name, place]) => [name, floats[place]]);
      return Object.fromEntries(values) as Record<Name, number>;
    },

    getWeights: (): Arrays =>
      Object.fromEntries([...weights].map(([name, values]) => [name, new Float32Array(values)])),

    setWeights(given: Readonly<Record<string, ArrayLike<number> | undefined>>): void {
      for (const [name, values] of Object.entries(given)) {
        const size = weights.get(name)?.length;
        if (size === undefined) throw new RangeError(\`\${layout.model} has no weight '\${name}'\`);
        if (values?.length !== size) {
          throw new RangeError(\`\${name} has \${size} numbers, found \${values?.length ?? 'none'}\`);
        }
      }
      for (const [name, values] of Object.entries(given)) weights.get(name)?.set(values ?? []);
    },

    saveWeights: () => formatWeights(model.getWeights(), layout),
    loadWeights: (file: Uint8Array | ArrayBuffer) => model.setWeights(parseWeights(file, layout)),
  };
  model.loadWeights(initial);
  return model;
}

/** The module's own, which must be this very module. */
function initialWeights(module: CompiledModule, { file, program }: Layout): ArrayBuffer {
  const [initial] = WebAssembly.Module.customSections(module, ${quote(weightsSection)});
  if (initial === undefined) throw new Error(\`\${file} has lost the weights that it was made with\`);
  if (headerOf(new Uint8Array(initial)).metadata[${quote(programKey)}] !== program) {
    throw new Error(\`\${file} and this file were not made together: make both anew\`);
  }
  return initial;
}

async function compileModule(source: ModuleSource, file: string): Promise<CompiledModule> {
  const bytes = await bytesOf(source);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const needed = 'Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later';
    throw new Error(\`\${file} is no module that can run here, which takes WebAssembly with SIMD: \${needed}\`, {
      cause,
    });
  }
}

async function bytesOf(source: ModuleSource): Promise<Uint8Array | ArrayBuffer> {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return source;
  const address = typeof source === 'string' ? source : source.href;
  const isNode = (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node;
  if (isNode !== undefined && !/^(https?|data|blob):/.test(address)) {
    // By a variable, so that bundlers leave it alone, and type checkers without Node's types.
    const files = 'node:fs/promises';
    const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ files);
    return readFile(source);
  }
  const response = await fetch(address);
  if (!response.ok) throw new Error(\`\${address} cannot be loaded: \${response.status} \${response.statusText}\`);
  return response.arrayBuffer();
}

function checkInputs(given: Given, { inputs }: Layout): { count: number; areBytes: boolean } {
  const counts = Object.entries(inputs).map(([name, { size }]) => {
    const length = given[name]?.length ?? 0;
    if (length % size === 0) return length / size;
    throw new RangeError(\`expected examples of \${size} numbers each, found \${length} numbers\`);
  });
  const [count = 0] = counts;
  if (counts.some((other) => other !== count)) {
    throw new RangeError(\`expected as many examples for each input, found \${counts.join(' and ')}\`);
  }
  const kinds = new Set(Object.keys(inputs).map((name) => given[name] instanceof Uint8Array));
  if (kinds.size > 1) throw new TypeError('expected all inputs as bytes, or all as floats');
  return { count, areBytes: kinds.has(true) };
}

/** The places of all entries for the first lane. */
const entriesOf = ({ place, axes }: Output): number[] =>
  axes.reduce(
    (starts, [length, step]) =>
      starts.flatMap((start) => Array.from({ length }, (_, index) => start + index * step)),
    [place],
  );

function checkLabels(labels: ArrayLike<number>, count: number, classes: number | undefined): void {
  if (count === 0) throw new RangeError('expected at least one example, found none');
  if (labels.length !== count) {
    throw new RangeError(\`expected \${count} labels, one for each example, found \${labels.length}\`);
  }
  if (classes === undefined) return;
  const wrong = Array.from(labels).find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (wrong !== undefined) throw new RangeError(\`expected labels from 0 to \${classes - 1}, found \${wrong}\`);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/** https://github.com/huggingface/safetensors: the length of a JSON header, the header, the numbers. */
function formatWeights(weights: Arrays, { model, weightShapes }: Layout): Uint8Array<ArrayBuffer> {
  const header: Record<string, object> = { __metadata__: { format: 'tf', model } };
  let end = 0;
  for (const [name, values] of Object.entries(weights)) {
    const start = end;
    end += values.byteLength;
    header[name] = { dtype: 'F32', shape: weightShapes[name] ?? [], data_offsets: [start, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(start + end).fill(32, 8, start);
  new DataView(file.buffer).setUint32(0, start - 8, true);
  file.set(text, 8);
  let at = start;
  for (const values of Object.values(weights)) {
    file.set(new Uint8Array(values.buffer), at);
    at += values.byteLength;
  }
  return file;
}

interface WeightsHeader {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly arrays: ReadonlyMap<string, { dtype: string; shape: number[]; data_offsets: number[] }>;
  /** Of the numbers, in bytes. */
  readonly start: number;
}

function headerOf(file: Uint8Array): WeightsHeader {
  try {
    const start = 8 + new DataView(file.buffer, file.byteOffset).getUint32(0, true);
    const header = new TextDecoder().decode(file.subarray(8, start));
    const { __metadata__: metadata = {}, ...arrays } = JSON.parse(header);
    return { metadata, arrays: new Map(Object.entries(arrays)), start };
  } catch (cause) {
    throw new Error('this is no safetensors file', { cause });
  }
}

/** All weights of the model: no other, and no shape but theirs. */
function parseWeights(content: Uint8Array | ArrayBuffer, { model, weightShapes }: Layout): Arrays {
  const file = content instanceof Uint8Array ? content : new Uint8Array(content);
  const { arrays, start } = headerOf(file);
  const unknown = [...arrays.keys()].find((name) => !Object.hasOwn(weightShapes, name));
  if (unknown !== undefined) throw new Error(\`the file has '\${unknown}', which is no weight of \${model}\`);
  return Object.fromEntries(
    Object.entries(weightShapes).map(([name, shape]) => {
      const found = arrays.get(name);
      if (found === undefined) throw new Error(\`the file has no weight '\${name}'\`);
      const { dtype, shape: given, data_offsets: offsets } = found;
      if (dtype !== 'F32' || String(given) !== String(shape)) {
        throw new Error(\`expected \${name} as F32 [\${shape}], found \${dtype} [\${given}]\`);
      }
      const [from = 0, to = 0] = offsets;
      const isWhole = to - from === sizeOf(shape) * 4 && start + to <= file.length;
      if (!isWhole) throw new Error('the file is cut short');
      return [name, new Float32Array(Uint8Array.from(file.subarray(start + from, start + to)).buffer)];
    }),
  );
}

// What is used of the platform, so that this file checks with the types of a browser, of Node, and of neither.

type CompiledModule = object;
declare const WebAssembly: {
  compile(bytes: Uint8Array | ArrayBuffer): Promise<CompiledModule>;
  instantiate(
    module: CompiledModule,
    imports: object,
  ): Promise<{ readonly exports: { command(number: number, threads: number): void } }>;
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: { customSections(module: CompiledModule, name: string): ArrayBuffer[] };
};
declare const fetch: (address: string) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}>;
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };
`;
