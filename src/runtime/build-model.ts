/**
 * The runtime target: a ModelGraph becomes a tfjs model in memory. Layers are not known here: a generic walker
 * evaluates the calls that they were lowered to.
 *
 * Names of weights. tfjs keeps names of variables unique in a process: the second model with a layer `c1` gets
 * a variable `c1/kernel_1`, whether the first one was disposed or not. That is a key of the engine. The weight's
 * own name stays in `originalName`, under which tfjs saves it; whatever is kept or shown uses that one
 * (`canonicalWeightName`). tfjs names slots of optimizers after the engine's key (`c1/kernel_1/m`), so they must
 * be saved by the position of their weight.
 */
import type { LayersModel, LayerVariable, Optimizer, SymbolicTensor } from '@tensorflow/tfjs';
import { callable, modelCalls } from '../compiler/model-calls.js';
import type { ModelGraph } from '../compiler/model-graph.js';
import { SpecccError } from '../diagnostics/index.js';
import { type Argument, type Call, isCall } from '../layers/index.js';
import type { Tf } from './backend.js';
import { checkOwnLayer, makeOwnLayer } from './build-own-layer.js';
import type { Weight } from './engine.js';

type Layer = ReturnType<Tf['layers']['dense']>;

/**
 * What a call returns. Only functions that tfjs itself has under the names of `callable` can be called, and
 * classes that a layer definition brings along; options that are `undefined` are left out.
 */
export function evaluateCall(tf: Tf, call: Call): unknown {
  const args = call.args.map((argument) => evaluateArgument(tf, argument));
  if (call.call === 'new') return makeOwnLayer(tf, call, args[0]);
  const [, family, name] = callable.exec(call.call) ?? [];
  const functions = family === undefined ? undefined : tf[family as 'layers'];
  const made =
    functions !== undefined && name !== undefined && Object.hasOwn(functions, name)
      ? (functions as unknown as Record<string, unknown>)[name]
      : undefined;
  if (typeof made !== 'function') throw new Error(`tfjs has no function '${call.call}' that a spec may call`);
  return made.apply(functions, args);
}

function evaluateArgument(tf: Tf, argument: Argument): unknown {
  if (typeof argument !== 'object' || argument === null) return argument;
  if (isList(argument)) return argument.map((element) => evaluateArgument(tf, element));
  if (isCall(argument)) return evaluateCall(tf, argument);
  return Object.fromEntries(
    Object.entries(argument)
      .filter((entry): entry is [string, Argument] => entry[1] !== undefined)
      .map(([key, value]) => [key, evaluateArgument(tf, value)]),
  );
}

function isList(argument: Argument): argument is readonly Argument[] {
  return Array.isArray(argument);
}

/**
 * Builds the model with fresh weights, drawn from the seeds in the graph's calls: equal graphs give equal
 * weights, however many models the process has built before. A chain of layers becomes a `tf.sequential`, any
 * other graph a `tf.model`. The caller disposes it.
 */
export function buildModel(tf: Tf, graph: ModelGraph): LayersModel {
  const { form, layers } = modelCalls(graph);
  if (form === 'sequential') {
    const model = tf.sequential({ name: graph.name });
    for (const { node, call } of layers) {
      const layer = evaluateCall(tf, call) as Layer;
      model.add(layer);
      checkOwnLayer(node, layer);
    }
    return model;
  }
  const values = new Map<string, SymbolicTensor>();
  const value = (name: string): SymbolicTensor => {
    const found = values.get(name);
    if (found === undefined) throw new Error(`the graph '${graph.name}' uses '${name}' before it is made`);
    return found;
  };
  const inputs = graph.inputs.map(({ name, shape }) => tf.input({ name, shape: [...shape] }));
  graph.inputs.forEach(({ name }, index) => {
    values.set(name, inputs[index]!);
  });
  for (const { node, call } of layers) {
    const [first, ...others] = node.inputs.map(value);
    if (first === undefined) throw new Error(`the layer '${node.name}' has no input`);
    const layer = evaluateCall(tf, call) as Layer;
    values.set(node.name, layer.apply(others.length === 0 ? first : [first, ...others]) as SymbolicTensor);
    checkOwnLayer(node, layer);
  }
  return tf.model({ name: graph.name, inputs, outputs: graph.outputs.map(value) });
}

/**
 * Gives the model the optimizer, loss and metrics of its training plan.
 *
 * @throws SpecccError `no-training` where the spec has no such plan.
 */
export function compileModel(tf: Tf, model: LayersModel, graph: ModelGraph): void {
  if (graph.training === undefined) {
    throw new SpecccError('no-training', `${graph.source.file} does not say how to train`, {
      hints: ["add a 'training' section to it"],
    });
  }
  const { optimizer, loss, metrics } = graph.training;
  model.compile({
    optimizer: evaluateCall(tf, optimizer) as Optimizer,
    loss,
    ...(metrics.length === 0 ? {} : { metrics: [...metrics] }),
  });
}

/** `c1/kernel`, however many models with a layer `c1` the process has built. Unique within a model. */
export function canonicalWeightName(weight: LayerVariable): string {
  return weight.originalName;
}

/**
 * Without their values, which cost more. tfjs counts the weights of a frozen layer as trainable, each by itself; here
 * they are not, since no step changes them.
 */
export function describeWeights(model: LayersModel): readonly Omit<Weight, 'values'>[] {
  const trained = new Set(model.trainableWeights);
  return model.weights.map((weight) => ({
    name: canonicalWeightName(weight),
    shape: weight.shape as number[],
    trainable: trained.has(weight),
  }));
}

/** Copies: some backends hand out the very memory of a tensor. */
export function readWeights(model: LayersModel): readonly Weight[] {
  const described = describeWeights(model);
  return model.weights.map((weight, index) => ({
    ...described[index]!,
    values: Float32Array.from(weight.read().dataSync()),
  }));
}
