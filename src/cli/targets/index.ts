/** All targets of `speccc compile`, by their names. */
import { extname } from 'node:path';
import { SpecccError } from '../../diagnostics/index.js';
import { onnxTarget } from './onnx.js';
import type { Target, TargetOptions } from './target.js';
import { typescriptTarget } from './typescript.js';
import { wasmTarget } from './wasm.js';

const targets = {
  typescript: typescriptTarget,
  wasm: wasmTarget,
  onnx: onnxTarget,
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
export const targetNames = Object.keys(targets) as readonly TargetName[];

/** Those for which an option means something. */
export const targetsWith = (option: keyof TargetOptions): readonly TargetName[] =>
  targetNames.filter((name) => (targets[name] as Target).options.includes(option));

/** The target that was named, or the one whose files end as the output does; TypeScript where nothing says more. */
export function targetFor(name: TargetName | undefined, output: string | undefined): Target {
  const byEnding = targetNames.find((candidate) => targets[candidate].endings[0] === endingOf(output));
  return targets[name ?? byEnding ?? 'typescript'];
}

/** A file of a target with another ending is surely not meant. TypeScript always went wherever it was sent. */
export function checkEnding(target: Target, output: string | undefined): void {
  const [ending] = target.endings;
  if (output === undefined || output === '-' || endingOf(output) === ending || ending === '.ts') return;
  throw new SpecccError('wrong-arguments', `'--output ${output}': expected a name that ends in '${ending}'`);
}

const endingOf = (file: string | undefined) => extname(file ?? '').toLowerCase();
