/** `--layers`, for every command that reads specs or opens the models of runs. */
import { Option } from 'commander';
import type { LayerRegistry } from '../layers/index.js';
import { collect } from './command-line.js';

export interface LayersOption {
  readonly layers?: readonly string[];
}

export function layersOption(): Option {
  return new Option(
    '--layers <file>',
    'module of JavaScript with layers of your own, which is run; can be given several times',
  ).argParser(collect(String));
}

/** For the options of whatever takes a registry; empty where the built-in layers are enough. */
export async function readLayers({ layers }: LayersOption): Promise<{ readonly layers?: LayerRegistry }> {
  if (layers === undefined) return {};
  const { loadLayers } = await import('../runtime/own-layers.js');
  return { layers: await loadLayers(layers) };
}
