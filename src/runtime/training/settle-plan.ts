/** Which spec and data a command trains with, where a run is there already and may have been begun with others. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileSpec } from '../../compiler/index.js';
import type { ModelGraph } from '../../compiler/model-graph.js';
import { SpecccError } from '../../diagnostics/index.js';
import { builtInRegistry, type LayerRegistry } from '../../layers/index.js';
import type { Dataset } from '../datasets/dataset.js';
import { runFileNames } from '../run-folder.js';
import type { TrainOptions } from './events.js';
import { loadData } from './load-data.js';
import { refuseChanges } from './resume.js';
import { comparePlans, describeData, describeGraph, type PlanChange, type RunPlan } from './run-plan.js';

export interface SettledPlan {
  readonly graph: ModelGraph;
  /** After the limits. */
  readonly dataset: Dataset;
  readonly plan: RunPlan;
  /** What differs from the run's own plan and is used all the same. */
  readonly changes: readonly PlanChange[];
}

/**
 * `saved` is the plan of the run in the folder. Differences of the spec are refused before data are loaded.
 *
 * @throws SpecccError 'run-changed', those of `loadDataset`
 */
export async function settlePlan(
  options: TrainOptions,
  folder: string,
  saved: RunPlan | undefined,
): Promise<SettledPlan> {
  const wanted = describeGraph(options.graph);
  if (saved === undefined) {
    const dataset = await loadData(options.graph, options);
    return { graph: options.graph, dataset, plan: { ...wanted, data: describeData(dataset) }, changes: [] };
  }
  const { data: savedData, ...savedGraph } = saved;
  const graphChanges = comparePlans(savedGraph, wanted);
  if (graphChanges.length > 0 && options.onChange === undefined) refuseChanges(folder, graphChanges);

  const keep = options.onChange === 'keep-run';
  const graph = keep && graphChanges.length > 0 ? await graphOfRun(folder, options.layers) : options.graph;
  if (keep) {
    const unexpected = comparePlans(savedGraph, describeGraph(graph));
    if (unexpected.length > 0) refuseChanges(folder, unexpected);
  }
  const dataset = await loadData(graph, keep ? { ...options, ...limitsOf(savedData) } : options);
  const data = describeData(dataset);
  const dataChanges = comparePlans({ data: savedData }, { data });
  if (dataChanges.length > 0 && options.onChange !== 'use-spec') refuseChanges(folder, dataChanges, keep);

  const changes = keep ? [] : [...graphChanges, ...dataChanges];
  return { graph, dataset, plan: changes.length === 0 ? saved : { ...wanted, data }, changes };
}

async function graphOfRun(folder: string, layers: LayerRegistry = builtInRegistry): Promise<ModelGraph> {
  const file = join(folder, runFileNames.spec);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new SpecccError('run-damaged', `the run ${folder} has no readable ${runFileNames.spec} to keep`, {
      hints: ['--on-change use-spec goes on with the new values'],
    });
  });
  return compileSpec(text, file, { layers });
}

function limitsOf(data: RunPlan['data']): Pick<TrainOptions, 'limitTrain' | 'limitValidation'> {
  const { train, validation } = data as { train: number; validation: number };
  return { limitTrain: train, ...(validation > 0 ? { limitValidation: validation } : {}) };
}
