/**
 * From a saved model to a spec that builds the same one.
 *
 * The same means: the topology that tfjs saves of the built model equals the saved one, but for
 * - names that tfjs makes up: of inputs without a name, and of layers inside wrappers;
 * - the form of a chain, which is a Sequential here, and models inside the model, whose layers are the model's own;
 * - seeds that the file does not have: a spec draws every weight from a seed, and derives those that it is not given;
 * - what is written in two ways: nothing given for a default, -1 for the last axis, an open size for its value.
 *
 * Initializers that tfjs saves in a general form come out by their own names where they are exactly those. The result
 * is checked as every spec is before it is handed out, so that a model whose shapes are impossible is refused too.
 */
import type { Diagnostic, SpecPath } from '../../diagnostics/index.js';
import { builtInRegistry, type LayerRegistry } from '../../layers/index.js';
import { defaults } from '../../spec/training-schema.js';
import { version } from '../../version.js';
import { checkSpec } from '../check-spec.js';
import type { ModelGraph } from '../model-graph.js';
import { Findings, type ImportFault, locateFaults } from './findings.js';
import { type GivenShape, type ImportedInput, importInputs } from './import-inputs.js';
import { importLayer, keyOfOption } from './import-layer.js';
import { type PlacedLayers, placeLayers } from './import-steps.js';
import { importTraining } from './import-training.js';
import { type JsonDocument, parseJson } from './json-document.js';
import { NameRegister, plainName, reservedName } from './names.js';
import { readSavedGraph } from './saved-graph.js';
import { labelOf, readSavedModel, type SavedModel } from './saved-model.js';
import { compareWeights, forgottenConfig, type WeightsBeside } from './weights-beside.js';
import { writeSpec } from './write-spec.js';

export interface ImportOptions {
  /** Built-in layers where left out. */
  readonly layers?: LayerRegistry;
  /** The spec's seed. Seeds of the file that follow from it are not written out. */
  readonly seed?: number;
  /** Shapes of inputs that the file leaves open. */
  readonly inputShapes?: readonly GivenShape[];
  /** The data set to train on, which no saved model names; drawn examples where left out. */
  readonly dataset?: string;
  /** Lines of comment above everything else, without `# `. */
  readonly header?: readonly string[];
}

export interface ImportedModel {
  readonly name: string;
  /** The spec. */
  readonly text: string;
  readonly graph: ModelGraph;
  /** `TensorFlow.js`, `Keras 2`, `Keras 3`. */
  readonly writer: string;
  /** What came out otherwise than it is in the file, a sentence each. */
  readonly notes: readonly string[];
  readonly weights: WeightsBeside;
}

/**
 * Imports the text of a saved model. There is a model exactly where there are no diagnostics; these are all errors, at
 * their places in the JSON, and tell everything that is in the way at once.
 */
export function importModel(
  text: string,
  file: string,
  options: ImportOptions = {},
): { readonly model?: ImportedModel; readonly diagnostics: readonly Diagnostic[] } {
  const { document, diagnostics } = parseJson(text, file);
  if (document === undefined) return { diagnostics };
  const findings = new Findings();
  const saved = readSavedModel(document, findings);
  const model = saved === undefined ? undefined : importSaved(saved, document, options, findings);
  if (findings.faults.length > 0) return { diagnostics: locateFaults(findings.faults, document) };
  return model === undefined ? { diagnostics: [] } : { model, diagnostics: [] };
}

function importSaved(
  saved: SavedModel,
  document: JsonDocument,
  options: ImportOptions,
  findings: Findings,
): ImportedModel | undefined {
  const { layers: registry = builtInRegistry, seed = defaults.seed, inputShapes = [], dataset } = options;
  const graph = readSavedGraph(saved.model, findings);
  const names = new NameRegister();
  const inputs = importInputs(graph.inputs, inputShapes, names, findings);
  const placed = placeLayers(graph, inputs, names, findings);
  const masked = placed.steps.some(
    ({ layer: { className, config } }) => className === 'Masking' || config.mask_zero === true,
  );
  const context = { registry, findings, dialect: saved.dialect, seed, masked };
  const steps = placed.steps.map(({ layer, name, from }) => {
    const config = { ...layer.config, ...forgottenConfig(layer, saved.weights ?? []) };
    const imported = importLayer({ ...layer, config }, name, context);
    return { name, type: imported?.type, ...(from !== undefined && { from }), ...imported?.options };
  });
  if (steps.length === 0 && findings.faults.length === 0) {
    findings.damaged(saved.model.path, 'the model has no layers');
  }
  if (findings.faults.length > 0) return undefined;

  const name = plainName(graph.name ?? 'model', 'model', true);
  if (graph.name !== undefined && name !== graph.name) findings.note('renamed', `${graph.name} → ${name}`);
  const header = options.header ?? [`Imported by speccc ${version} from ${document.file} (${saved.writer}).`];
  const check = (layers: readonly Step[], training?: TrainingText) => {
    const value = {
      name,
      ...(options.seed !== undefined && { seed }),
      ...inputSection(inputs),
      ...(placed.outputs && { outputs: placed.outputs }),
      layers,
      ...(training && { training: training.value }),
    };
    const text = writeSpec({ header, value, comments: training?.comments ?? {} });
    return { text, ...checkSpec(text, `${name}.yaml`, { layers: registry }) };
  };

  const first = check(steps);
  if (first.graph === undefined) {
    for (const diagnostic of first.diagnostics)
      findings.faults.push(inTheFile(diagnostic, placed, inputs, saved));
    return undefined;
  }
  const layers = withoutLastAxes(steps, placed, first.graph);
  const training = trainingText(saved, first.graph, dataset, findings);
  const trained = training && check(layers, training);
  const trainingFault = trained?.diagnostics.find(({ severity }) => severity === 'error');
  if (trainingFault !== undefined) {
    const { message, hint } = trainingFault;
    const places = saved.training?.path ?? [];
    if (dataset === undefined) findings.note(`the training of the file is left out, because ${message}`);
    else findings.cannot(places, `it cannot be trained on ${dataset}: ${message}`, hint);
  }
  const plain = () => (layers === steps ? first : check(layers));
  const last = trained?.graph === undefined ? plain() : trained;
  if (last.graph === undefined) throw new Error(`${document.file}: the imported spec is wrong: ${last.text}`);
  const weights = compareWeights(last.graph, placed.steps, saved.weights);
  return { name, text: last.text, graph: last.graph, writer: saved.writer, notes: findings.notes, weights };
}

type Step = Readonly<Record<string, unknown>>;

function inputSection(inputs: readonly ImportedInput[]): Readonly<Record<string, unknown>> {
  const [first] = inputs;
  return inputs.length === 1 && first?.name === reservedName
    ? { input: first.shape }
    : { inputs: Object.fromEntries(inputs.map(({ name, shape }) => [name, shape])) };
}

/** A list of one axis is how Keras and tfjs save the last one, which goes without saying. */
function withoutLastAxes(steps: readonly Step[], placed: PlacedLayers, graph: ModelGraph): readonly Step[] {
  const ranks = new Map(graph.nodes.map(({ name, inputShapes }) => [name, inputShapes[0]?.length]));
  const isLast = (step: Step, index: number) => {
    const [only, ...more] = [step.axis].flat();
    const wasList = Array.isArray(placed.steps[index]!.layer.config.axis);
    return wasList && more.length === 0 && (only === -1 || only === ranks.get(step.name as string));
  };
  if (!steps.some(isLast)) return steps;
  return steps.map((step, index) => {
    const { axis, ...others } = step;
    return isLast(step, index) ? others : step;
  });
}

interface TrainingText {
  readonly value: Readonly<Record<string, unknown>>;
  readonly comments: Readonly<Record<string, string>>;
}

/** The training section, as far as the file says how; nothing where a spec cannot say it. */
function trainingText(
  { training: saved, dialect }: SavedModel,
  graph: ModelGraph,
  dataset: string | undefined,
  findings: Findings,
): TrainingText | undefined {
  if (saved === undefined) {
    if (dataset !== undefined) findings.note(`the file does not say how to train on ${dataset}`);
    return undefined;
  }
  const training = importTraining(saved.value, dialect, findings);
  if (training === undefined) return undefined;
  const { optimizer, loss, metrics } = training;
  const value = { optimizer, loss, ...(metrics.length > 0 && { metrics }) };
  if (dataset !== undefined) return { value: { dataset: { type: dataset }, ...value }, comments: {} };
  const output = graph.nodes.find(({ name }) => name === graph.outputs[0])?.outputShape;
  const [size] = output ?? [];
  if (graph.outputs.length !== 1 || output?.length !== 1 || size === undefined) {
    findings.note('the training of the file is left out, because it needs one output of one value a class');
    return undefined;
  }
  findings.note(
    'no saved model names its data set, so that training is on drawn examples: name yours in the spec',
  );
  const classes = size === 1 ? 2 : size;
  return {
    value: { dataset: { type: 'synthetic', ...(classes !== 10 && { classes }) }, ...value },
    comments: { training: 'The data set is not in the file: name yours instead of this one.' },
  };
}

/** What is wrong with the spec, as a fault of the file. */
function inTheFile(
  { path, message, hint }: Diagnostic,
  placed: PlacedLayers,
  inputs: readonly ImportedInput[],
  saved: SavedModel,
): ImportFault {
  const [section, key, option] = path;
  const text = message.replace(/^[\w.[\]]+: /, '');
  const fault = (place: SpecPath, words: string): ImportFault => ({
    code: 'cannot-import',
    path: place,
    message: words,
    ...(hint !== undefined && { hint }),
  });
  if (section === 'layers' && typeof key === 'number' && placed.steps[key] !== undefined) {
    const { layer, name } = placed.steps[key];
    const label = labelOf(layer.className, layer.name);
    const saidKey = typeof option === 'string' ? keyOfOption(layer, option) : undefined;
    // What is wrong with a shape begins with the layer's type and name.
    const [, rest] = text.split(`'${name}' `);
    const about = saidKey === undefined ? label : `${label}: ${saidKey}`;
    const place = saidKey === undefined ? layer.path : [...layer.path, 'config', saidKey];
    return fault(place, rest === undefined ? `${about}: ${text}` : `${label} ${rest}`);
  }
  if (section === 'input' || section === 'inputs') {
    const input = inputs.find(({ name }) => name === key) ?? inputs[0];
    return fault(input?.saved.path ?? saved.model.path, `the input: ${text}`);
  }
  return fault(saved.model.path, `no spec can hold the model: ${message}`);
}
