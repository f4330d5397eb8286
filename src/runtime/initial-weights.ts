/** The weights that a new run starts from, wherever they lie. */
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { parseSafetensors } from '../compiler/safetensors.js';
import { SpecccError } from '../diagnostics/index.js';
import { readModelWeights } from './checkpoint.js';
import type { Weight } from './engine.js';
import { checkpointFolder, openRunFiles } from './run-folder.js';

/**
 * By a run folder (its best checkpoint, or its last where it has no best yet), a checkpoint folder, the `model.json` of
 * any tfjs layers-model, or a file that ends in `.safetensors`.
 *
 * @throws SpecccError 'checkpoint-not-found', 'checkpoint-damaged', 'run-not-found'
 */
export async function readInitialWeights(path: string): Promise<readonly Omit<Weight, 'trainable'>[]> {
  if (extname(path) === '.safetensors') return readSafetensors(path);
  if (basename(path) === 'model.json' || (await isFile(path))) return readModelWeights(path);
  if (await isFile(join(path, 'model.json'))) return readModelWeights(join(path, 'model.json'));
  const run = await openRunFiles(path).catch((error: unknown) => {
    if (!(error instanceof SpecccError) || error.code !== 'run-not-found') throw error;
    throw new SpecccError(
      'checkpoint-not-found',
      `there are no weights in ${path}: it is no run, no checkpoint, no model.json and no safetensors file`,
      { cause: error },
    );
  });
  return readModelWeights(join(checkpointFolder(run.folder, run.checkpoint), 'model.json'));
}

async function readSafetensors(file: string): Promise<readonly Omit<Weight, 'trainable'>[]> {
  const content = await readFile(file).catch(() => {
    throw new SpecccError('checkpoint-not-found', `there is no file ${file}`);
  });
  const weights = parseSafetensors(content);
  if (weights !== undefined) return weights;
  throw new SpecccError(
    'checkpoint-damaged',
    `${file} cannot be read: it is damaged, no safetensors file, or has other numbers than 32-bit floats`,
  );
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
