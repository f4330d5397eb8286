/** `--backend`, for every command that computes. The names stand here so that help needs no runtime. */
import { Option } from 'commander';
import type { BackendName } from '../runtime/backend.js';

export type BackendChoice = BackendName | 'auto';

const backendChoices = [
  'auto',
  'tfjs-node-gpu',
  'tfjs-node',
  'wasm',
  'cpu',
] as const satisfies readonly BackendChoice[];

export function backendOption(): Option {
  return new Option('--backend <name>', 'what computes; auto takes the fastest that works here')
    .choices(backendChoices)
    .default('auto' satisfies BackendChoice);
}
