/**
 * tfjs as an engine. A step is tfjs's own train function, so that losses, metrics, penalties and updates are
 * exactly those of `model.fit`. Three things are added where tfjs falls short of Keras, whose names it uses:
 * constraints hold after every step (tfjs forgets them), the loss in inference mode has the penalties of
 * regularizers in it, and a metric gets labels in the form that it is made for, whatever form the loss takes.
 */
import type { LayersModel, LayerVariable, Optimizer, Scalar, Tensor } from '@tensorflow/tfjs';
import type { ModelGraph } from '../compiler/model-graph.js';
import { sizeOf } from '../layers/index.js';
import { type Backend, type BackendName, openBackend, type Tf } from './backend.js';
import {
  buildModel,
  canonicalWeightName,
  compileModel,
  describeWeights,
  readWeights,
} from './build-model.js';
import type { Batch, TrainingEngine } from './engine.js';
import { readOptimizerState, writeOptimizerState } from './optimizer-state.js';
import { trainingPlan } from './training/check-data.js';
import { withRandom } from './training/random.js';

type ValueFunction = (labels: Tensor, outputs: Tensor) => Tensor;

/** Parts of a compiled LayersModel that its types hide. tfjs is pinned to one version. */
interface CompiledModel {
  readonly optimizer: Optimizer;
  readonly collectedTrainableWeights: readonly LayerVariable[];
  readonly lossFunctions: readonly ValueFunction[];
  readonly metricsTensors: [ValueFunction, number][];
  makeTrainFunction(): (data: Tensor[]) => Scalar[];
  calculateLosses(): Scalar[];
}

interface Constrained {
  readonly constraint: { apply(weight: Tensor): Tensor } | null;
}

/** How labels stand in the tensor that a loss or metric takes. */
type LabelForm = 'number' | 'index' | 'oneHot';

/** Opens a backend and makes an engine on it: the usual `EngineFactory`. */
export async function openTfjsEngine(
  graph: ModelGraph,
  backend: BackendName | 'auto' = 'auto',
): Promise<TrainingEngine> {
  return tfjsEngine(await openBackend(backend), graph);
}

export function tfjsEngine(backend: Backend, graph: ModelGraph): TrainingEngine {
  const { tf } = backend;
  const plan = trainingPlan(graph);
  const tfjsBackend = tf.getBackend();
  const model = buildModel(tf, graph);
  compileModel(tf, model, graph);
  // A Sequential trains through a LayersModel that it keeps inside.
  const inner = (model as { model?: LayersModel }).model ?? model;
  const compiled = inner as unknown as CompiledModel;
  const outputSize = sizeOf(inner.outputs[0]!.shape.slice(1) as number[]);
  const inputShape = inner.inputs[0]!.shape.slice(1) as number[];
  const lossForm = formOfLabels(plan.loss, outputSize);
  plan.metrics.forEach((metric, i) => {
    adaptLabels(tf, compiled.metricsTensors[i]!, lossForm, formForMetric(metric, lossForm), outputSize);
  });
  const trainFunction = compiled.makeTrainFunction();
  const trained = compiled.collectedTrainableWeights;
  const trainedNames = trained.map(canonicalWeightName);
  const constrained = trained.filter((weight) => (weight as unknown as Constrained).constraint !== null);

  /** Another engine of this process may have chosen another backend; these one-liners are synchronous. */
  function onBackend<Result>(work: () => Result): Result {
    if (tf.getBackend() !== tfjsBackend) void tf.setBackend(tfjsBackend);
    return tf.tidy(work as () => void) as Result;
  }

  function tensors({ count, inputs, scale = 1, labels }: Batch): { x: Tensor; y: Tensor } {
    const given = inputs.subarray(0, count * sizeOf(inputShape));
    const values = given instanceof Uint8Array ? scaledBytes(given, scale) : given;
    const x = tf.tensor(values, [count, ...inputShape], 'float32');
    const numbers = tf.tensor(Float32Array.from(labels.subarray(0, count)), [count, 1], 'float32');
    return { x, y: lossForm === 'oneHot' ? toOneHot(tf, numbers, outputSize) : numbers };
  }

  function enforceConstraints(): void {
    for (const weight of constrained) {
      const { constraint } = weight as unknown as Constrained;
      (weight.read() as ReturnType<Tf['variable']>).assign(constraint!.apply(weight.read()));
    }
  }

  return {
    name: 'tfjs',
    description: backend.description,
    backend: backend.name,
    versions: { tfjs: tf.version.tfjs },

    trainStep: (batch, seed) =>
      onBackend(() => {
        const { x, y } = tensors(batch);
        const results = withRandom(seed, () => trainFunction([x, y]));
        enforceConstraints();
        const values = results.map((result) => result.dataSync()[0]!);
        // Metrics are kept by the train function, so that the tidy around it leaves them.
        tf.dispose(results);
        return values;
      }),

    evaluateBatch: (batch) =>
      onBackend(() => {
        const { x, y } = tensors(batch);
        const outputs = inner.predictOnBatch(x) as Tensor;
        const loss = [tf.mean(compiled.lossFunctions[0]!(y, outputs)), ...compiled.calculateLosses()].reduce(
          (sum, penalty) => tf.add(sum, penalty),
        );
        const metrics = compiled.metricsTensors.map(([metric]) => tf.mean(metric(y, outputs)));
        return {
          values: [loss, ...metrics].map((value) => value.dataSync()[0]!),
          outputs: outputs.dataSync() as Float32Array,
        };
      }),

    predictBatch: (batch) =>
      onBackend(() => (inner.predictOnBatch(tensors(batch).x) as Tensor).dataSync() as Float32Array),

    describeWeights: () => describeWeights(inner),
    getWeights: () => onBackend(() => readWeights(inner)),

    setWeights: (weights) =>
      onBackend(() => {
        const byName = new Map(weights.map((weight) => [weight.name, weight.values]));
        for (const weight of inner.weights) {
          const values = byName.get(canonicalWeightName(weight));
          if (values === undefined)
            throw new Error(`no values for the weight '${canonicalWeightName(weight)}'`);
          // Not `weight.write`, which would apply the constraint once more and so change the last bits.
          const variable = weight.read() as ReturnType<Tf['variable']>;
          variable.assign(tf.tensor(values.slice(), weight.shape as number[], 'float32'));
        }
      }),

    getOptimizerState: () => onBackend(() => readOptimizerState(compiled.optimizer, trainedNames)),
    setOptimizerState: (state) =>
      onBackend(() => writeOptimizerState(tf, compiled.optimizer, trainedNames, state)),

    modelTopology: () => model.toJSON(null, false),

    dispose: () => {
      compiled.optimizer.dispose();
      model.dispose();
    },
  };
}

function scaledBytes(bytes: Uint8Array, scale: number): Float32Array {
  const scaled = new Float32Array(bytes.length);
  // A loop, since `from` takes a hundred times as long, which is a fifth of a step.
  for (let index = 0; index < bytes.length; index += 1) scaled[index] = bytes[index]! * scale;
  return scaled;
}

function formOfLabels(loss: string, outputSize: number): LabelForm {
  if (outputSize === 1) return 'number';
  return loss === 'sparseCategoricalCrossentropy' ? 'index' : 'oneHot';
}

function formForMetric(metric: string, lossForm: LabelForm): LabelForm {
  // tfjs resolves these by the loss, so that they fit its labels.
  if (lossForm === 'number' || ['accuracy', 'acc', 'crossentropy', 'ce'].includes(metric)) return lossForm;
  return metric.startsWith('sparse') ? 'index' : 'oneHot';
}

function adaptLabels(
  tf: Tf,
  entry: [ValueFunction, number],
  from: LabelForm,
  to: LabelForm,
  classes: number,
): void {
  if (from === to) return;
  const [metric] = entry;
  entry[0] = (labels, outputs) => {
    const adapted =
      to === 'oneHot'
        ? toOneHot(tf, labels, classes)
        : tf.cast(tf.expandDims(tf.argMax(labels, -1), -1), 'float32');
    return metric(adapted, outputs);
  };
}

/** [count, 1] indices as [count, classes] ones and zeros. */
function toOneHot(tf: Tf, indices: Tensor, classes: number): Tensor {
  return tf.cast(tf.oneHot(tf.cast(tf.reshape(indices, [-1]), 'int32'), classes), 'float32');
}
