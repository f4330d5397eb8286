/** From a spec's text to a model graph, and from there to TypeScript source or a summary. */
export {
  type CheckOptions,
  type CheckResult,
  checkSpec,
  compileSpec,
  expandedText,
} from './check-spec.js';
export { type DrawingFormat, type DrawOptions, drawGraph, drawingFormats } from './diagram/index.js';
export {
  type AddedLayer,
  type ChangedLayer,
  type DiffFormat,
  type DiffTotals,
  diffGraphs,
  formatDiff,
  type GraphDiff,
  type LayerChange,
  type RemovedLayer,
  type ValueChange,
} from './diff/index.js';
export { formatSummary, type SummaryFormat } from './format-summary.js';
export {
  type GraphInput,
  type GraphNode,
  isChain,
  type ModelGraph,
  type ParamValue,
  type ScopeStep,
  type TrainingPlan,
} from './model-graph.js';
export { emitOnnx } from './onnx/emit-onnx.js';
export type { EmitOnnxOptions } from './onnx/metadata.js';
export { resolveGraph } from './resolve-graph.js';
export {
  type Summary,
  type SummaryBlock,
  type SummaryCosts,
  type SummaryPart,
  type SummaryRepeat,
  type SummaryRow,
  type SummaryTotals,
  summarizeGraph,
} from './summary.js';
export { type EmitOptions, emitTypeScript } from './typescript.js';
export { type ProgramMemory, programMemory } from './wasm/program-memory.js';
export {
  type EmitWasmOptions,
  emitWasm,
  emitWat,
  type StandaloneModule,
} from './wasm/standalone.js';
