/** How a loader calls things. */
import type { ModelGraph } from '../../model-graph.js';
import { exampleNoun, summarizeGraph } from '../../summary.js';
import { pascalCase } from '../../typescript/identifiers.js';

export interface LoaderNames {
  /** `lenet5.wasm`, without its folder. */
  readonly moduleFile: string;
  /** The interface of a loaded model: `Lenet5Model`. */
  readonly model: string;
  /** The function that loads one: `loadLenet5`. */
  readonly loader: string;
  readonly noun: 'image' | 'example';
  /** Whether the model has more than one of them, which then go by their names. */
  readonly several: { readonly inputs: boolean; readonly outputs: boolean };
}

export function loaderNames(graph: ModelGraph, moduleFile: string): LoaderNames {
  const name = pascalCase(graph.name);
  return {
    moduleFile,
    model: `${/^\d/.test(name) ? '_' : ''}${name}Model`,
    loader: `load${name}`,
    noun: exampleNoun(summarizeGraph(graph)),
    several: { inputs: graph.inputs.length > 1, outputs: graph.outputs.length > 1 },
  };
}
