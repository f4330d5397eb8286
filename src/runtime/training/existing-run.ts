/** What is in a run folder before training starts: nothing, a run to go on with, or something that is no run. */
import { readdir, rename } from 'node:fs/promises';
import { SpecccError } from '../../diagnostics/index.js';
import { type Checkpoint, readCheckpoint } from '../checkpoint.js';
import { checkpointFolder, type RunRecord, readRunRecord, runFileNames } from '../run-folder.js';
import { currentFolder, diskError, recoverFolder, removeLeftovers } from '../whole-files.js';

export interface ExistingRun {
  /** Undefined where run.json is missing or damaged: it is written anew. */
  readonly record: RunRecord | undefined;
  /** Undefined where the run was stopped before its first save. */
  readonly saved: Checkpoint | undefined;
  readonly checkpoint: 'last' | 'best';
}

/**
 * True where a run is in the folder, false where the folder is empty or missing.
 *
 * @throws SpecccError 'run-not-found' where the folder holds something else, which is not to be mixed with a run
 */
export async function holdsRun(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[];
    throw diskError(folder, error);
  });
  if (names.includes(runFileNames.record) || names.includes('checkpoints')) return true;
  // Hidden files are the system's or an editor's.
  if (names.every((name) => name.startsWith('.') || name.endsWith('.speccc-tmp'))) return false;
  throw new SpecccError(
    'run-not-found',
    `${folder} is not empty and holds no run, so that nothing is written to it`,
    {
      hints: ['choose another folder for the run'],
    },
  );
}

/** Puts right what a killed process left, and reads the checkpoint to go on from. The folder must be locked. */
export async function readExistingRun(
  folder: string,
  checkpoint: 'last' | 'best' | undefined,
): Promise<ExistingRun> {
  await removeLeftovers(folder);
  for (const name of ['last', 'best']) await recoverFolder(checkpointFolder(folder, name));
  const record = await readRunRecord(folder).catch(() => undefined);
  const hasLast = (await currentFolder(checkpointFolder(folder, 'last'))) !== undefined;
  const hasBest = (await currentFolder(checkpointFolder(folder, 'best'))) !== undefined;
  if (checkpoint === undefined && !hasLast && !hasBest)
    return { record, saved: undefined, checkpoint: 'last' };
  // A run that was stopped in its first save may have a best checkpoint and no last one yet.
  const chosen = checkpoint ?? (hasLast ? 'last' : 'best');
  const saved = await readCheckpoint(checkpointFolder(folder, chosen)).catch(async (error: unknown) => {
    throw error instanceof SpecccError ? await withWaysOut(error, folder, chosen) : error;
  });
  return { record, saved, checkpoint: chosen };
}

async function withWaysOut(error: SpecccError, folder: string, chosen: string): Promise<SpecccError> {
  const others = chosen === 'last' ? (['best'] as const) : (['last'] as const);
  const hints: string[] = [];
  for (const other of others) {
    const epoch = await readCheckpoint(checkpointFolder(folder, other)).then(
      ({ state }) => state.epoch,
      () => undefined,
    );
    if (epoch === undefined) continue;
    hints.push(
      other === 'best'
        ? `--resume-from best goes on from checkpoints/best, which is whole, after epoch ${epoch}`
        : `leave --resume-from out to go on from checkpoints/last, which is whole, after epoch ${epoch}`,
    );
  }
  hints.push(`--fresh begins anew and moves this run to ${await freeName(folder)}`);
  return new SpecccError(error.code, error.message, { hints: [...error.hints, ...hints], cause: error });
}

/** Renames a run or checkpoint to the first free of NAME.1, NAME.2, … and returns that. */
export async function moveAside(path: string): Promise<string> {
  const target = await freeName(path);
  await rename(path, target).catch((error: unknown) => {
    throw diskError(path, error);
  });
  return target;
}

async function freeName(path: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = `${path.replace(/[/\\]+$/, '')}.${number}`;
    if ((await currentFolder(name)) === undefined) return name;
  }
}

/** Where `checkpoints/last` stands in the way of a run that goes on from `best`, it is moved aside. */
export async function moveLastAside(folder: string): Promise<string | undefined> {
  const last = checkpointFolder(folder, 'last');
  return (await currentFolder(last)) === undefined ? undefined : moveAside(last);
}
