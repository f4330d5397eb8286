/** What must hold between a model, its training plan and its data before the first step is taken. */
import type { ModelGraph, TrainingPlan } from '../../compiler/model-graph.js';
import { SpecccError } from '../../diagnostics/index.js';
import { formatShape, type Shape, sizeOf } from '../../layers/index.js';
import type { Dataset, Examples } from '../datasets/dataset.js';
import { columnsOf } from '../history.js';

/** @throws SpecccError 'no-training' where the spec says nothing about training */
export function trainingPlan(graph: ModelGraph): TrainingPlan {
  if (graph.training === undefined) {
    throw new SpecccError('no-training', `${graph.source.file} has no 'training' section`, {
      hints: ['add one with a data set, an optimizer and a loss'],
    });
  }
  return graph.training;
}

/** The shape of the model's one output. @throws SpecccError 'data-does-not-fit' */
export function outputShape(graph: ModelGraph): Shape {
  const [output, ...others] = graph.outputs;
  if (graph.inputs.length !== 1 || output === undefined || others.length > 0) {
    throw doesNotFit(
      `${graph.name} has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs, but training takes a model with one of each`,
    );
  }
  const node = graph.nodes.find(({ name }) => name === output);
  if (node === undefined) throw new Error(`the graph '${graph.name}' has no node '${output}'`);
  return node.outputShape;
}

/** @throws SpecccError 'data-does-not-fit', 'monitor-without-value' */
export function checkData(graph: ModelGraph, dataset: Dataset): void {
  const output = outputShape(graph);
  const input = graph.inputs[0]!.shape;
  if (formatShape(input) !== formatShape(dataset.shape)) {
    throw doesNotFit(
      `the examples of ${dataset.name} are ${formatShape(dataset.shape)}, but ${graph.name} takes ${formatShape(input)}`,
    );
  }
  if (output.length !== 1) {
    throw doesNotFit(
      `the output of ${graph.name} is ${formatShape(output)}, but labels need one value, or one for each class`,
    );
  }
  if (dataset.train.count < 1) throw doesNotFit(`${dataset.name} has no training examples`);
  checkExamples(dataset, dataset.train, 'training', output[0]!);
  checkExamples(dataset, dataset.validation, 'validation', output[0]!);
  checkMonitor(graph, dataset.validation.count > 0);
}

function checkExamples(dataset: Dataset, examples: Examples, which: string, outputs: number): void {
  const { count, values, labels } = examples;
  const size = sizeOf(dataset.shape);
  if (values.length < count * size || labels.length < count) {
    throw doesNotFit(
      `${dataset.name} says that it has ${count} ${which} examples of ${formatShape(dataset.shape)}, but holds ${values.length} values and ${labels.length} labels`,
    );
  }
  if (outputs === 1) return;
  for (let i = 0; i < count; i += 1) {
    const label = labels[i]!;
    if (label < 0 || label >= outputs) {
      throw doesNotFit(
        `the ${which} example ${i} of ${dataset.name} has the label ${label}, but the model has ${outputs} outputs, for labels 0 to ${outputs - 1}`,
      );
    }
  }
}

function checkMonitor(graph: ModelGraph, validated: boolean): void {
  const plan = trainingPlan(graph);
  const { monitor } = plan.checkpoint;
  const columns = columnsOf(plan, validated);
  if (columns.includes(monitor)) return;
  throw new SpecccError(
    'monitor-without-value',
    validated
      ? `checkpoint.monitor is '${monitor}', but the history has ${columns.join(', ')}`
      : `checkpoint.monitor is '${monitor}', but there are no validation examples, so that the history has ${columns.join(', ')} only`,
    { hints: [`monitor one of ${columns.join(', ')}`] },
  );
}

function doesNotFit(message: string): SpecccError {
  return new SpecccError('data-does-not-fit', message);
}
