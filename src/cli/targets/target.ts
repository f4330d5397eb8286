/** What `speccc compile` can make of a spec: a file for each target, and their list in `targets.ts`. */
import type { ModelGraph } from '../../compiler/index.js';

export interface TargetOptions {
  /** Where the weights of the model are. */
  readonly weights?: string;
  /** How many examples a training step may have. */
  readonly batch?: number;
  /** Leave training out. */
  readonly predictOnly?: true;
}

export interface TargetFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** For people: `455 lines`. */
  readonly size: string;
}

export interface CompiledFiles {
  /** The one that was asked for comes first. */
  readonly files: readonly [TargetFile, ...TargetFile[]];
  /** What people should know of them. */
  readonly notes: readonly string[];
}

export interface Target {
  /** Of the files that it makes, the main one's first. */
  readonly endings: readonly [string, ...string[]];
  /** Those of the options that mean something to it. */
  readonly options: readonly (keyof TargetOptions)[];
  compile(graph: ModelGraph, path: string, options: TargetOptions): Promise<CompiledFiles>;
  /** Whether this target made a file that is there, which then may be overwritten. */
  isOwn(content: Buffer, path: string): boolean;
}

export const countLines = (text: string): number => text.split('\n').length - 1;
