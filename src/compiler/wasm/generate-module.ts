/** From a tensor program to the text of a WebAssembly module, and what its user has to know of its memory. */
import { type ProgramBuilder, sizeOf, type Value } from '../../program/index.js';
import { control, controlBytes } from './control.js';
import { ingestKernel } from './kernels/ingest.js';
import { bytesPerEntry, type Kernel } from './kernels/kernel.js';
import type { Buffer, Place } from './places.js';
import { aligned, planMemory } from './plan-memory.js';
import {
  type ModuleOptions,
  type ProgramPart,
  type Schedule,
  type ScheduledStep,
  scheduleProgram,
} from './schedule.js';
import { barrier, callText, stepTexts } from './step-texts.js';
import { awaitText, barrierText, commandsText } from './threads.js';
import { functionTexts } from './vector-functions.js';

export interface ModuleInput {
  /** Of a source, `input/image`. */
  readonly name: string;
  readonly value: Value;
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

export function generateModule(
  parts: readonly ProgramPart[],
  inputs: readonly ModuleInput[],
  p: ProgramBuilder,
  options: ModuleOptions,
): GeneratedModule {
  const sources = new Map<string, Place>();
  let buffers = 0;
  const nextBuffer = () => buffers++;
  const schedules = parts.map((part) => scheduleProgram(part, p, options, sources, nextBuffer));
  return assemble(schedules, inputs, sources, options);
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
      const read = [...steps.flatMap((step) => step.inputs), ...results];
      return read.some((operand) => operand.buffer === buffer);
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
    shared ? `${awaitText()}\n${barrierText}` : '(func $barrier (param $threads i32))',
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

const regionOf = (place: Place, addressOf: (place: Place) => number, context: ModuleOptions): Region => ({
  address: addressOf(place),
  shape: place.layout.shape,
  strides: place.layout.strides.map((stride) => stride * bytesPerEntry(place.layout, context)),
  batched: place.layout.batched,
});

function floatBytes(values: readonly number[]): string {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
