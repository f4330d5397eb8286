/** From a tensor program to the text of a WebAssembly module, and what its user has to know of its memory. */
import { fuse, isOf, type ProgramBuilder, sizeOf, type Value, valuesBefore } from '../../program/index.js';
import { control, controlBytes } from './control.js';
import { ingestKernel } from './kernels/ingest.js';
import { bytesPerEntry, type Kernel } from './kernels/kernel.js';
import { type Assignment, type Buffer, type Place, placeValues, type Step } from './places.js';
import { aligned, type Lifetime, planMemory } from './plan-memory.js';
import { type StepContext, stepKernel } from './step-kernel.js';
import { awaitText, barrierText, commandsText } from './threads.js';
import { functionTexts } from './vector-functions.js';

/** Something that a module does at a command. */
export interface ProgramPart {
  readonly name: string;
  readonly results: readonly Value[];
  readonly assignments: readonly Assignment[];
}

export interface ModuleInput {
  /** Of a source, `input/image`. */
  readonly name: string;
  readonly value: Value;
}

export interface ModuleOptions {
  /** Examples that are computed at once; a multiple of four. */
  readonly lanes: number;
  /** Memory that several threads share. */
  readonly shared: boolean;
  readonly relaxed: boolean;
}

/** Where numbers lie in memory. */
export interface Region {
  readonly address: number;
  readonly shape: readonly number[];
  /** From one entry to the next along each axis, in bytes. */
  readonly strides: readonly number[];
  /** An entry is a float for each lane, side by side; else one float. */
  readonly batched: boolean;
}

export interface ModuleProgram {
  /** The commands for each piece of a batch, and for the end of all; one of them does it all where there is no end. */
  readonly piece: number;
  readonly finish: number | undefined;
  /** Whether a batch can come in pieces of `lanes` examples. Else it comes as a whole. */
  readonly inPieces: boolean;
  readonly results: readonly Region[];
}

export interface Manifest {
  readonly lanes: number;
  readonly shared: boolean;
  /** All of the memory, in bytes. */
  readonly bytes: number;
  /** What of it the programs need for values on their way. */
  readonly arenaBytes: number;
  readonly sources: Readonly<Record<string, Region>>;
  /** Where examples are put, one after the other, for each input. */
  readonly staging: Readonly<Record<string, { readonly address: number; readonly size: number }>>;
  readonly programs: Readonly<Record<string, ModuleProgram>>;
}

export interface GeneratedModule {
  readonly text: string;
  readonly manifest: Manifest;
}

/** Work below this is not worth that another thread wakes up for: some microseconds. */
const serialCost = 12_000;

interface ScheduledStep {
  readonly kernel: Kernel;
  readonly inputs: readonly Place[];
  readonly output: Place;
  readonly zeroes: boolean;
  readonly comment: string;
}

interface Schedule {
  readonly name: string;
  readonly steps: readonly ScheduledStep[];
  /** How many of them belong to a piece. */
  readonly pieceLength: number;
  readonly inPieces: boolean;
  readonly results: readonly Place[];
  readonly lifetimes: readonly Lifetime[];
}

export function generateModule(
  parts: readonly ProgramPart[],
  inputs: readonly ModuleInput[],
  p: ProgramBuilder,
  options: ModuleOptions,
): GeneratedModule {
  const sources = new Map<string, Place>();
  let buffers = 0;
  const nextBuffer = () => buffers++;
  const schedules = parts.map((part) => schedule(part, p, options, sources, nextBuffer));
  return assemble(schedules, inputs, sources, options);
}

function schedule(
  part: ProgramPart,
  p: ProgramBuilder,
  { lanes, relaxed }: ModuleOptions,
  sources: Map<string, Place>,
  nextBuffer: () => number,
): Schedule {
  const roots = [...part.results, ...part.assignments.map(({ value }) => value)];
  const fused = fuse(roots, p);
  const needed = new Set(valuesBefore(roots.map((root) => fused.get(root)!)));
  const values = [...new Set(fused.values())].filter((value) => needed.has(value));
  const assigned = new Set(part.assignments.map(({ value }) => fused.get(value)!));
  const late = lateValues(values, assigned);
  const inPieces = ![...late].some((value) => value.batched);
  const context: StepContext = { lanes, relaxed, control, inPieces };
  const ordered = inPieces
    ? [...values.filter((value) => !late.has(value)), ...values.filter((value) => late.has(value))]
    : values;
  const assignments = part.assignments.map(({ target, value }) => ({ target, value: fused.get(value)! }));
  const { steps, placeOf } = placeValues(ordered, assignments, sources, nextBuffer, context);
  const results = part.results.map((result) => placeOf(fused.get(result)!));
  const scheduled = steps.map(
    (step): ScheduledStep => ({
      kernel: stepKernel(step, context),
      inputs: step.inputs,
      output: step.output,
      zeroes: step.kind === 'zero',
      comment: `${step.kind === 'compute' ? step.value.operation.kind : step.kind} [${step.output.layout.shape.join(', ')}]`,
    }),
  );
  const isLate = (step: Step) => late.has(step.value) || isAssignment(step, sources);
  const firstLate = inPieces ? steps.findIndex(isLate) : -1;
  const pieceLength = firstLate === -1 ? steps.length : firstLate;
  return {
    name: part.name,
    steps: scheduled,
    pieceLength,
    inPieces,
    results,
    lifetimes: lifetimesOf(steps, results, pieceLength),
  };
}

const isAssignment = ({ output }: Step, sources: ReadonlyMap<string, Place>) =>
  output.buffer.source !== undefined && sources.has(output.buffer.source);

/** What depends on a sum over the whole batch, and so has to wait for its last piece; and what is done only once. */
function lateValues(values: readonly Value[], assigned: ReadonlySet<Value>): ReadonlySet<Value> {
  const late = new Set<Value>();
  for (const value of values) {
    const isOnce = assigned.has(value) && !sumsOverBatch(value) && value.inputs.length > 0;
    if (isOnce || value.inputs.some((input) => late.has(input) || sumsOverBatch(input))) late.add(value);
  }
  return late;
}

const sumsOverBatch = (value: Value) =>
  (isOf(value, 'reduce') && value.operation.batch) ||
  isOf(value, 'convolveKernel') ||
  isOf(value, 'depthwiseKernel');

/** From the first step that writes to a buffer to the last that has to do with it. */
function lifetimesOf(
  steps: readonly Step[],
  results: readonly Place[],
  pieceLength: number,
): readonly Lifetime[] {
  const first = new Map<Buffer, number>();
  const last = new Map<Buffer, number>();
  const touch = (buffer: Buffer, position: number) => {
    if (buffer.source !== undefined || buffer.constant !== undefined) return;
    if (!first.has(buffer)) first.set(buffer, position);
    last.set(buffer, position);
  };
  steps.forEach((step, position) => {
    for (const { buffer } of [...step.inputs, step.output]) touch(buffer, position);
  });
  for (const { buffer } of results) touch(buffer, steps.length);
  return [...first].map(([buffer, begin]) => {
    const end = last.get(buffer)!;
    // What grows from piece to piece must outlive each of them.
    const isKept = begin < pieceLength && end >= pieceLength;
    return { buffer, first: isKept ? -1 : begin, last: isKept ? steps.length : end };
  });
}

function assemble(
  schedules: readonly Schedule[],
  inputs: readonly ModuleInput[],
  sources: ReadonlyMap<string, Place>,
  options: ModuleOptions,
): GeneratedModule {
  const { lanes, shared } = options;
  const bytesOf = ({ size, batched }: Buffer) => size * (batched ? 4 * lanes : 4);
  const addresses = new Map<Buffer, number>();
  let end = controlBytes;
  const place = (bytes: number) => {
    const address = end;
    // Vectors may be read beyond the end.
    end = aligned(end + bytes + 16);
    return address;
  };
  for (const { buffer } of sources.values()) addresses.set(buffer, place(bytesOf(buffer)));
  const constants = new Set(
    schedules
      .flatMap(({ steps, results }) => [...steps.flatMap((step) => step.inputs), ...results])
      .map(({ buffer }) => buffer)
      .filter(({ constant }) => constant !== undefined),
  );
  for (const buffer of constants) addresses.set(buffer, place(bytesOf(buffer)));
  const staging = Object.fromEntries(
    inputs.map(({ name, value }) => {
      const size = sizeOf(value.shape);
      return [name, { address: place(size * lanes * 4), size }];
    }),
  );
  const arena = end;
  for (const { lifetimes } of schedules) {
    const plan = planMemory(lifetimes, arena, (buffer) => bytesOf(buffer) + 16);
    for (const [buffer, address] of plan.addresses) addresses.set(buffer, address);
    end = Math.max(end, plan.end);
  }

  const kernels = new Map<string, { readonly name: string; readonly text: string }>();
  const functionOf = (kernel: Kernel) => {
    const known = kernels.get(kernel.key);
    if (known !== undefined) return known.name;
    const name = `$k${kernels.size}_${/^\w+/.exec(kernel.key)![0]}`;
    kernels.set(kernel.key, { name, text: kernel.text(name) });
    return name;
  };
  const addressOf = ({ buffer, offset, layout }: Place) =>
    addresses.get(buffer)! + offset * bytesPerEntry(layout, options);

  const programs: Record<string, ModuleProgram> = {};
  const commands: string[] = [];
  const functions: string[] = [];
  for (const { name, steps, pieceLength, inPieces, results } of schedules) {
    const readInputs = inputs.filter(({ name: input }) => {
      const buffer = sources.get(input)?.buffer;
      return steps.some((step) => step.inputs.some((operand) => operand.buffer === buffer));
    });
    const ingests = readInputs.map(({ name: input, value }) => {
      const kernel = ingestKernel(sizeOf(value.shape), options, control.pixelScale);
      return callText(functionOf(kernel), kernel, [addressOf(sources.get(input)!), staging[input]!.address]);
    });
    const part = (title: string, chosen: readonly ScheduledStep[], before: readonly string[]) => {
      const number = commands.length;
      commands.push(`$${title}`);
      functions.push(
        [
          `(func $${title} (param $thread i32) (param $threads i32)`,
          ...before,
          ...(before.length > 0 ? [barrier] : []),
          ...stepTexts(chosen, functionOf, addressOf, bytesOf, addresses),
          ')',
        ].join('\n'),
      );
      return number;
    };
    const piece = part(`${name}_piece`, steps.slice(0, pieceLength), ingests);
    const late = steps.slice(pieceLength);
    const finish = late.length > 0 ? part(`${name}_finish`, late, []) : undefined;
    programs[name] = {
      piece,
      finish,
      inPieces,
      results: results.map((result) => regionOf(result, addressOf, options)),
    };
  }

  const pages = Math.ceil((end + 64) / 65_536);
  const used = schedules.flatMap(({ steps }) => steps.flatMap(({ kernel }) => kernel.functions));
  const dispatch = commands.map(
    (name, number) =>
      `(if (i32.eq (local.get $number) (i32.const ${number})) (then (call ${name} (local.get $thread) (local.get $threads)) (return)))`,
  );
  const text = [
    '(module',
    `(import "env" "memory" (memory ${pages} ${pages}${shared ? ' shared' : ''}))`,
    ...[...constants].map(
      (buffer) => `(data (i32.const ${addresses.get(buffer)}) "${floatBytes(buffer.constant!)}")`,
    ),
    functionTexts([...new Set(used)], { relaxed: options.relaxed }),
    ...[...kernels.values()].map((kernel) => kernel.text),
    shared ? `${awaitText}\n${barrierText}` : '(func $barrier (param $threads i32))',
    ...functions,
    '(func $run (param $number i32) (param $thread i32) (param $threads i32)',
    ...dispatch,
    ')',
    shared
      ? commandsText
      : '(func (export "command") (param $number i32) (param $threads i32) (call $run (local.get $number) (i32.const 0) (i32.const 1)))',
    ')',
  ].join('\n');
  return {
    text,
    manifest: {
      lanes,
      shared,
      bytes: pages * 65_536,
      arenaBytes: end - arena,
      sources: Object.fromEntries(
        [...sources].map(([name, source]) => [name, regionOf(source, addressOf, options)]),
      ),
      staging,
      programs,
    },
  };
}

const barrier = '(call $barrier (local.get $threads))';

const regionOf = (place: Place, addressOf: (place: Place) => number, context: ModuleOptions): Region => ({
  address: addressOf(place),
  shape: place.layout.shape,
  strides: place.layout.strides.map((stride) => stride * bytesPerEntry(place.layout, context)),
  batched: place.layout.batched,
});

/** The part of this thread of all units. */
function callText(name: string, { units }: Kernel, addresses: readonly number[]): string {
  const part = (thread: string) =>
    `(i32.div_u (i32.mul ${thread} (i32.const ${units})) (local.get $threads))`;
  const [from, to] = [part('(local.get $thread)'), part('(i32.add (local.get $thread) (i32.const 1))')];
  return `(call ${name} ${from} ${to} ${addresses.map((address) => `(i32.const ${address})`).join(' ')})`;
}

/** Steps with barriers where one needs what another thread may still be at. */
function stepTexts(
  steps: readonly ScheduledStep[],
  functionOf: (kernel: Kernel) => string,
  addressOf: (place: Place) => number,
  bytesOf: (buffer: Buffer) => number,
  addresses: ReadonlyMap<Buffer, number>,
): readonly string[] {
  interface Touch {
    readonly from: number;
    readonly to: number;
    readonly writes: boolean;
    readonly buffer: Buffer;
    readonly isSerial: boolean;
    readonly zeroes: boolean;
  }
  const lines: string[] = [];
  let pending: Touch[] = [];
  for (const step of steps) {
    const { kernel, inputs, output, zeroes } = step;
    const isSerial = kernel.cost < serialCost || kernel.units === 1;
    const touch = ({ buffer }: Place, writes: boolean): Touch => {
      const from = addresses.get(buffer)!;
      return { from, to: from + bytesOf(buffer), writes, buffer, isSerial, zeroes };
    };
    const touches = [...inputs.map((place) => touch(place, false)), touch(output, true)];
    const clash = touches.some((one) =>
      pending.some((other) => {
        if (one.from >= other.to || other.from >= one.to || !(one.writes || other.writes)) return false;
        if (one.isSerial && other.isSerial) return false;
        // Parts of one whole, which are written apart from each other.
        const isApart =
          one.buffer === other.buffer && one.writes && other.writes && !one.zeroes && !other.zeroes;
        return !isApart;
      }),
    );
    if (clash) {
      lines.push(barrier);
      pending = [];
    }
    pending.push(...touches);
    const call = [addressOf(output), ...inputs.map(addressOf)];
    lines.push(`;; ${step.comment}`);
    if (isSerial) {
      const all = call.map((address) => `(i32.const ${address})`).join(' ');
      lines.push(
        `(if (i32.eqz (local.get $thread)) (then (call ${functionOf(kernel)} (i32.const 0) (i32.const ${kernel.units}) ${all})))`,
      );
    } else lines.push(callText(functionOf(kernel), kernel, call));
  }
  return lines;
}

function floatBytes(values: readonly number[]): string {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
