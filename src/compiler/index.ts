/** From a spec's text to a model graph. */
export { type CheckResult, checkSpec, compileSpec } from './check-spec.js';
export {
  type GraphInput,
  type GraphNode,
  isChain,
  type ModelGraph,
  type TrainingPlan,
} from './model-graph.js';
export { resolveGraph } from './resolve-graph.js';
