/**
 * All of speccc as functions. Importing this loads neither tfjs nor ts-morph: `emitTypeScript` and everything
 * that computes load what they need when they are called.
 *
 *     import { compileSpec, emitTypeScript, evaluateRun, readSpecFile, train } from 'speccc';
 *
 *     const { text, file } = await readSpecFile('lenet5.yaml');
 *     const graph = compileSpec(text, file);
 *     console.log(await emitTypeScript(graph));
 *     const { folder } = await train({ graph });
 *     console.log((await evaluateRun(folder)).values);
 */
export {
  type GivenShape,
  type ImportedModel,
  type ImportOptions,
  importModel,
  type WeightsBeside,
} from './compiler/import/index.js';
export * from './compiler/index.js';
export {
  type CodeEntry,
  type CodeKind,
  codes,
  type Diagnostic,
  type DiagnosticCode,
  type FormatOptions,
  formatDiagnostics,
  formatPath,
  type Position,
  type Range,
  type Severity,
  SpecccError,
  SpecError,
  type SpecPath,
} from './diagnostics/index.js';
export {
  type Argument,
  builtInRegistry,
  type Call,
  createRegistry,
  defineCell,
  defineLayer,
  defineMergeLayer,
  type ForwardContext,
  formatShape,
  isCall,
  isProblem,
  type LayerClass,
  type LayerDefinition,
  type LayerExample,
  type LayerKind,
  type LayerOptions,
  type LayerRegistry,
  type LayerSource,
  type LowerContext,
  layers,
  type MergeDefinition,
  type MergeLayerKind,
  type NestedLayer,
  type NewCall,
  nestedLayer,
  type Problem,
  type Shape,
  type SingleDefinition,
  sizeOf,
  type TfCall,
  Type,
  type Weight,
  type WeightSpec,
  weightOptions,
} from './layers/index.js';
export * from './runtime/index.js';
export {
  applyOverrides,
  type Override,
  parseSpec,
  type ReadFile,
  readSpecFile,
  type SpecDocument,
  type SpecFile,
  specFolder,
  specSchema,
  type ValidatedSpec,
  validateSpec,
} from './spec/index.js';
export { version } from './version.js';
