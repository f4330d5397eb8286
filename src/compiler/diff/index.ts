/** Two models compared, as data and as text. */
export {
  type AddedLayer,
  type ChangedLayer,
  type DiffTotals,
  diffGraphs,
  type GraphDiff,
  type LayerChange,
  type RemovedLayer,
  type ValueChange,
} from './diff-graphs.js';
export { type DiffFormat, formatDiff } from './format-diff.js';
