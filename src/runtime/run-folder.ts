/**
 * A run folder and its files. Everything that a person or program may want to know of a run is in it, so that
 * it explains itself when it is found a year later.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { compileSpec } from '../compiler/index.js';
import type { ModelGraph } from '../compiler/model-graph.js';
import { SpecccError } from '../diagnostics/index.js';
import { builtInRegistry, type LayerRegistry } from '../layers/index.js';
import { sha256Hex } from '../layers/sha256.js';
import { type Checkpoint, readCheckpoint } from './checkpoint.js';
import { type Best, type HistoryRow, parseHistory } from './history.js';
import { layersMissing, type OwnLayers } from './own-layers.js';
import type { Leg } from './training/trainer-state.js';
import { currentFolder } from './whole-files.js';

/** Names of the files in a run folder. */
export const runFileNames = {
  record: 'run.json',
  spec: 'spec.yaml',
  history: 'history.csv',
  curvesSvg: 'curves.svg',
  curvesPng: 'curves.png',
} as const;

export const runRecordVersion = 1;

/** `run.json`: what the run's other files do not say. Times are here and nowhere else. */
export interface RunRecord {
  readonly format: 'speccc run';
  readonly version: number;
  readonly name: string;
  /** `running` where the process was killed, too. */
  readonly status: 'running' | 'finished' | 'interrupted' | 'failed';
  /** Why it failed. */
  readonly error?: string;
  readonly command: string;
  /** Of the latest command, in UTC. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Of speccc, node, tfjs, … */
  readonly versions: Readonly<Record<string, string>>;
  readonly platform: string;
  readonly engine: string;
  readonly backend: string;
  readonly backendDescription: string;
  readonly seed: number;
  readonly spec: { readonly file: string; readonly digest: string };
  readonly data: {
    readonly name: string;
    readonly origin: string;
    readonly synthetic: boolean;
    readonly train: number;
    readonly validation: number;
    readonly classNames: readonly string[];
    /** What a byte is multiplied by on its way into the model. */
    readonly scale: number;
  };
  readonly parameters: number;
  /** Where the model has layers that are not tfjs's. */
  readonly layers?: OwnLayers;
  readonly leg: Leg;
  /** Whole epochs trained, and steps of the next one. */
  readonly epochs: number;
  readonly steps: number;
  readonly monitor: string;
  readonly best: Best | null;
  /** Of training and validation, one an epoch; null where it is not known. */
  readonly epochSeconds: readonly (number | null)[];
  /** Spent on the epoch that is not finished. */
  readonly partialSeconds: number;
  readonly stepsPerSecond: number | null;
}

export function checkpointFolder(run: string, checkpoint: string): string {
  return join(run, 'checkpoints', checkpoint);
}

/** A run by its files, which need no layers. */
export interface RunFiles {
  readonly folder: string;
  readonly record: RunRecord;
  /** The checkpoint that was named or, where the run itself was, `best`, or `last` where there is no best yet. */
  readonly checkpoint: string;
  /** @throws SpecccError 'checkpoint-not-found', 'checkpoint-damaged' */
  readCheckpoint(name?: string): Promise<Checkpoint>;
}

export interface Run extends RunFiles {
  /** Of the spec as it was run. */
  readonly graph: ModelGraph;
  readonly history: readonly HistoryRow[];
}

export interface OpenRunOptions {
  /** The kinds of layers that the run was trained with; the built-in ones where left out. */
  readonly layers?: LayerRegistry | undefined;
}

/**
 * Opens a run by its folder, by one of its checkpoint folders, or by a checkpoint's `model.json`. Reads no
 * weights yet.
 *
 * @throws SpecccError 'run-not-found', 'run-damaged', 'checkpoint-not-found', 'layers-missing'
 */
export async function openRun(path: string, { layers }: OpenRunOptions = {}): Promise<Run> {
  const files = await openRunFiles(path);
  const { folder, record } = files;
  const specFile = join(folder, runFileNames.spec);
  const text = await readFile(specFile, 'utf8').catch(() => {
    throw new SpecccError('run-damaged', `the run ${folder} has no readable ${runFileNames.spec}`);
  });
  if (sha256Hex(text) !== record.spec.digest) {
    throw new SpecccError('run-damaged', `${specFile} is not the spec as it was run`, {
      hints: ['run the training command again: it writes the spec anew'],
    });
  }
  const historyFile = join(folder, runFileNames.history);
  const history = await readFile(historyFile, 'utf8').catch(() => '');
  if (record.layers !== undefined && layers === undefined) throw layersMissing(record.layers, folder);
  return {
    ...files,
    graph: compileSpec(text, specFile, { layers: layers ?? builtInRegistry }),
    history: history === '' ? [] : parseHistory(history, historyFile),
  };
}

/** The same without a look at the spec. @throws SpecccError 'run-not-found', 'run-damaged' */
export async function openRunFiles(path: string): Promise<RunFiles> {
  const { folder, checkpoint } = await locateRun(path);
  const chosen = checkpoint ?? ((await currentFolder(checkpointFolder(folder, 'best'))) ? 'best' : 'last');
  return {
    folder,
    record: (await readRunRecord(folder))!,
    checkpoint: chosen,
    readCheckpoint: (name = chosen) => readCheckpoint(checkpointFolder(folder, name)),
  };
}

async function locateRun(path: string): Promise<{ folder: string; checkpoint?: string }> {
  const kind = await stat(path).catch(() => undefined);
  if (kind === undefined) throw new SpecccError('run-not-found', `there is no run ${path}`);
  const place = basename(path) === 'model.json' ? dirname(path) : path;
  if (kind.isFile() && place === path) {
    throw new SpecccError('run-not-found', `${path} is a file, not a run folder`);
  }
  if (await isRunFolder(place)) return { folder: place };
  const checkpoints = dirname(resolve(place));
  const run = dirname(checkpoints);
  if (basename(checkpoints) === 'checkpoints' && (await isRunFolder(run))) {
    return { folder: run, checkpoint: basename(place) };
  }
  throw new SpecccError('run-not-found', `${path} is not a run folder: it has no ${runFileNames.record}`, {
    hints: await runsNear(place),
  });
}

async function isRunFolder(folder: string): Promise<boolean> {
  return (await readRunRecord(folder)) !== undefined;
}

async function runsNear(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const runs: string[] = [];
  for (const name of names.slice(0, 100)) {
    if (await isRunFolder(join(folder, name)).catch(() => false)) runs.push(join(folder, name));
  }
  return runs.length === 0 ? [] : [`there are runs in it: ${runs.slice(0, 5).join(', ')}`];
}

/** Undefined where there is no run.json. @throws SpecccError 'run-damaged' */
export async function readRunRecord(folder: string): Promise<RunRecord | undefined> {
  const file = join(folder, runFileNames.record);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new SpecccError('run-damaged', `${file} cannot be read: ${(error as Error).message}`);
  }
  let record: RunRecord | undefined;
  try {
    record = JSON.parse(text) as RunRecord;
  } catch {
    record = undefined;
  }
  if (record?.format !== 'speccc run') {
    throw new SpecccError('run-damaged', `${file} is not what speccc writes`, {
      hints: ['run the training command again: it writes run.json anew'],
    });
  }
  if (record.version > runRecordVersion) {
    throw new SpecccError('run-damaged', `${file} was written by a newer speccc`, {
      hints: ['use that version of speccc'],
    });
  }
  return record;
}
