/** Small graphs of all layers that the compiled engine covers, with numbers to run them on here and in tfjs. */
import type { LayersModel } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { GraphNode, ModelGraph } from '../../../src/compiler/model-graph.js';
import { uncoveredLayers } from '../../../src/compiler/program/forward-pass.js';
import { buildModel } from '../../../src/runtime/build-model.js';
import { type ExampleGraph, layerGraphs, variantGraphs } from '../example-graphs.js';
import { draw } from './numbers.js';

/** tfjs's cpu backend normalizes along the last axis in inference, whichever was meant. */
const isMistaken = ({ type, options }: GraphNode) =>
  type === 'batchNormalization' && ![undefined, -1].includes(options.axis as number);

const isCovered = ({ graph }: ExampleGraph) =>
  graph.nodes.length > 0 && uncoveredLayers(graph).length === 0 && !graph.nodes.some(isMistaken);

/** Every example of every layer, by itself where it can be. */
export const examples = layerGraphs()
  .filter(({ graph }, index, all) => all.findIndex((other) => other.graph.name === graph.name) === index)
  .filter(isCovered);

/** Every value of every option, but for those that say how weights start and are trained. */
export const variants = variantGraphs()
  .map(({ title, graph }): ExampleGraph => {
    const nodes = graph.nodes.filter(
      ({ options }) =>
        !Object.keys(options).some((name) => /(Initializer|Regularizer|Constraint)$/.test(name)),
    );
    return { title, graph: { ...graph, nodes, outputs: nodes.map(({ name }) => name) } };
  })
  .filter(isCovered);

/** With weights that are no ones or zeros, as fresh ones often are. */
export function modelWithWeights(graph: ModelGraph): LayersModel {
  const model = buildModel(tf, graph);
  model.setWeights(
    model.weights.map(({ shape }, index) => {
      const size = (shape as number[]).reduce((product, length) => product * length, 1);
      return tf.tensor(draw(index + 1, size, 0.2, 1.2), shape as number[]);
    }),
  );
  return model;
}

/** Values for each input, for some examples: whole numbers where a layer takes nothing else. */
export function inputsFor(graph: ModelGraph, lanes: number): Float32Array[] {
  const below = graph.nodes
    .map(({ definition, options }) => definition.integersBelow?.(options))
    .find((limit) => limit !== undefined);
  return graph.inputs.map(({ shape }, index) => {
    const count = lanes * shape.reduce((size, length) => size * length, 1);
    return below === undefined
      ? draw(index + 1, count, -1.5, 1.5)
      : draw(index + 1, count, 0, below - 0.01).map(Math.floor);
  });
}
