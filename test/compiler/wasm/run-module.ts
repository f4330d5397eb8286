/** Runs generated modules in one thread, as plainly as can be. */
import { assembleWat } from '../../../src/compiler/wasm/assemble.js';
import { control } from '../../../src/compiler/wasm/control.js';
import {
  generateModule,
  type Manifest,
  type ModuleProgram,
  type Region,
} from '../../../src/compiler/wasm/generate-module.js';
import type { ProgramPart } from '../../../src/compiler/wasm/schedule.js';
import { type ProgramBuilder, sizeOf, type Value } from '../../../src/program/index.js';

export interface RunningModule {
  readonly text: string;
  readonly manifest: Manifest;
  readonly memory: WebAssembly.Memory;
  readonly command: (number: number, threads: number) => void;
}

export async function startModule(
  parts: readonly ProgramPart[],
  inputs: readonly { readonly name: string; readonly value: Value }[],
  p: ProgramBuilder,
  lanes: number,
): Promise<RunningModule> {
  const { text, manifest } = generateModule(parts, inputs, p, { lanes, shared: false, relaxed: false });
  const bytes = await assembleWat(text);
  const pages = manifest.bytes / 65_536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const instance = await WebAssembly.instantiate(new WebAssembly.Module(bytes), { env: { memory } });
  return { text, manifest, memory, command: instance.exports.command as RunningModule['command'] };
}

/** Examples one after the other; `lanes` of them where the region is batched. */
export function readRegion({ memory }: RunningModule, region: Region, lanes: number): number[] {
  const floats = new Float32Array(memory.buffer);
  const entries = addressesOf(region);
  if (!region.batched && lanes === 1) return entries.map((address) => floats[address / 4]!);
  return Array.from({ length: lanes }, (_, lane) =>
    entries.map((address) => floats[address / 4 + (region.batched ? lane : 0)]!),
  ).flat();
}

export function writeRegion({ memory }: RunningModule, region: Region, values: ArrayLike<number>): void {
  const floats = new Float32Array(memory.buffer);
  const entries = addressesOf(region);
  for (let index = 0; index < values.length; index += 1) {
    const lane = region.batched ? Math.floor(index / entries.length) : 0;
    floats[entries[index % entries.length]! / 4 + lane] = values[index]!;
  }
}

function addressesOf({ address, shape, strides }: Region): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, entry) => {
    let left = entry;
    let place = address;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      place += (left % shape[axis]!) * strides[axis]!;
      left = Math.floor(left / shape[axis]!);
    }
    return place;
  });
}

/** All of it in one piece. */
export function runProgram(module: RunningModule, program: ModuleProgram, seed = 1): void {
  const numbers = new Int32Array(module.memory.buffer);
  numbers[control.seed / 4] = seed;
  numbers[control.firstPiece / 4] = 1;
  module.command(program.piece, 1);
  if (program.finish !== undefined) module.command(program.finish, 1);
}
