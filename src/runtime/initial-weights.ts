/** The weights that a new run starts from, wherever they lie. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SpecccError } from '../diagnostics/index.js';
import { readModelWeights } from './checkpoint.js';
import type { Weight } from './engine.js';
import { checkpointFolder, openRun } from './run-folder.js';

/**
 * By a run folder (its best checkpoint, or its last where it has no best yet), a checkpoint folder, or the
 * `model.json` of any tfjs layers-model.
 *
 * @throws SpecccError 'checkpoint-not-found', 'checkpoint-damaged', 'run-not-found'
 */
export async function readInitialWeights(path: string): Promise<readonly Omit<Weight, 'trainable'>[]> {
  if (basename(path) === 'model.json' || (await isFile(path))) return readModelWeights(path);
  if (await isFile(join(path, 'model.json'))) return readModelWeights(join(path, 'model.json'));
  const run = await openRun(path).catch((error: unknown) => {
    if (!(error instanceof SpecccError) || error.code !== 'run-not-found') throw error;
    throw new SpecccError(
      'checkpoint-not-found',
      `there are no weights in ${path}: it is no run, no checkpoint and no model.json`,
      { cause: error },
    );
  });
  return readModelWeights(join(checkpointFolder(run.folder, run.checkpoint), 'model.json'));
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
