/** The weights of an imported model under the names of its spec: a tfjs layers-model of what the spec builds. */
import type { ModelGraph } from '../compiler/model-graph.js';
import { openBackend } from './backend.js';
import { buildModel } from './build-model.js';
import { modelFiles, readModelWeights } from './checkpoint.js';
import type { FileContent } from './whole-files.js';

/**
 * The files of that model, `model.json` and `weights.bin`, for `writeFolderWhole`.
 *
 * @param file the `model.json` that was imported
 * @param names what the spec calls the file's weights: all of them
 * @throws SpecccError 'checkpoint-damaged' where weights are missing or no 32-bit floats
 */
export async function importWeights(
  file: string,
  graph: ModelGraph,
  names: ReadonlyMap<string, string>,
): Promise<Readonly<Record<string, FileContent>>> {
  const byName = new Map((await readModelWeights(file)).map((weight) => [names.get(weight.name), weight]));
  const weights = graph.nodes.flatMap((node) =>
    node.weights.map(({ name }) => {
      const weight = byName.get(`${node.name}/${name}`);
      if (weight === undefined) throw new Error(`${file} has no weight for '${node.name}/${name}'`);
      return { ...weight, name: `${node.name}/${name}` };
    }),
  );
  const { tf } = await openBackend('cpu');
  const model = buildModel(tf, graph);
  const topology = model.toJSON(null, false);
  model.dispose();
  return modelFiles(topology, weights);
}
