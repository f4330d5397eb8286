/**
 * A ModelGraph as one tensor program: what it predicts, how its training plan values that, and what a step of training
 * makes of its weights. All parts are made by one builder, so that what they have in common is there once.
 */
import type { NamedChoice } from '../../layers/named-choice.js';
import {
  differentiate,
  type ProgramBuilder,
  poolFirst,
  programBuilder,
  type Value,
} from '../../program/index.js';
import type { LossName } from '../../spec/losses.js';
import type { ModelGraph, TrainingPlan } from '../model-graph.js';
import { constrained } from './constraints.js';
import { type ForwardPass, forwardPass, type NamedValue } from './forward-pass.js';
import { layerOrder } from './layer-order.js';
import { lossOf } from './losses.js';
import { type MetricName, metricOf } from './metrics.js';
import { type Assignment, optimizerUpdate, type Slot } from './optimizers.js';
import { penaltyOf } from './penalties.js';

export interface TensorProgram {
  /** What made all values, and makes more of them. */
  readonly builder: ProgramBuilder;
  /** The sources `input/<name>`, by the names of the graph. */
  readonly inputs: readonly NamedValue[];
  /** The source `labels`, batched, [1]: class indices as floats. */
  readonly labels: Value | undefined;
  /** The sources `batch/mask`, batched, [], which is 1 for lanes that hold an example; and `batch/count`, shared, []. */
  readonly batch: { readonly mask: Value; readonly count: Value };
  /** By the names of checkpoints, in the order of tfjs's `model.weights`. */
  readonly weights: readonly ProgramWeight[];
  /** In the order of checkpoints. */
  readonly slots: readonly Slot[];
  /** tfjs's class name of the optimizer: `Adam`. */
  readonly optimizer: string | undefined;
  readonly predict: { readonly outputs: readonly Value[] };
  /** Undefined, as all that has to do with training, where the spec does not say how to train, or tfjs could not. */
  readonly evaluate: { readonly values: StepValues; readonly outputs: readonly Value[] } | undefined;
  readonly train: { readonly values: StepValues; readonly assignments: readonly Assignment[] } | undefined;
}

/** The source `weight/<name>`. */
export interface ProgramWeight extends NamedValue {
  readonly trainable: boolean;
}

/** The mean loss over the batch with all penalties, and the metrics of the plan, before any update: shared, []. */
type StepValues = readonly [loss: Value, ...metrics: Value[]];

/** Only for graphs of which `uncoveredLayers` finds none. */
export function lowerProgram(graph: ModelGraph): TensorProgram {
  const p = programBuilder();
  const inference = rewritten(forwardPass(graph, p, false), p);
  const weights = weightsOf(graph, inference);
  const program = {
    builder: p,
    inputs: inference.inputs,
    batch: inference.batch,
    weights,
    predict: { outputs: inference.outputs },
  };
  // A model without anything to train can be measured all the same.
  const plan = graph.trainingFaults.every(({ code }) => code === 'nothing-to-train')
    ? graph.training
    : undefined;
  if (plan === undefined) {
    const none = { labels: undefined, optimizer: undefined, evaluate: undefined, train: undefined };
    return { ...program, ...none, slots: [] };
  }

  const labels = p.source('labels', [1], true);
  const evaluate = { values: stepValues(plan, inference, weights, labels, p), outputs: inference.outputs };

  const training = rewritten(forwardPass(graph, p, true), p);
  const values = stepValues(plan, training, weights, labels, p);
  const trained = weights.filter(({ trainable }) => trainable);
  const gradients = differentiate(
    values[0],
    trained.map(({ value }) => value),
    p,
  );
  const update = optimizerUpdate(
    plan.optimizerType,
    plan.optimizer.args,
    trained.map(({ name, value }, index) => ({ name, value, gradient: gradients[index] })),
    p,
  );
  const bounded = trained.flatMap(({ value, constraint }, index): readonly Assignment[] => {
    const updated = update.weights[index] ?? value;
    const within = constraint === undefined ? updated : constrained(constraint, updated, p);
    return within === value ? [] : [{ target: value, value: within }];
  });
  const assignments = [...bounded, ...update.assignments, ...training.updates];
  return {
    ...program,
    labels,
    optimizer: update.type,
    slots: update.slots,
    evaluate,
    train: { values, assignments },
  };
}

/** By the passes that have to come before gradients. */
function rewritten(pass: ForwardPass, p: ProgramBuilder): ForwardPass {
  const became = poolFirst([...pass.outputs, ...pass.updates.map(({ value }) => value)], p);
  return {
    ...pass,
    outputs: pass.outputs.map((value) => became.get(value)!),
    updates: pass.updates.map(({ target, value }) => ({ target, value: became.get(value)! })),
  };
}

interface ChosenWeight extends ProgramWeight {
  readonly regularizer?: NamedChoice;
  readonly constraint?: NamedChoice;
}

/** With what the spec chose for them; those that are trained first, as tfjs has it. */
function weightsOf(graph: ModelGraph, { weights }: ForwardPass): readonly ChosenWeight[] {
  const sources = new Map(weights.map(({ name, value }) => [name, value]));
  const inOrder = layerOrder(graph).flatMap((node) =>
    node.weights.map(({ name: own, shape: _shape, ...weight }) => {
      const name = `${node.name}/${own}`;
      return { ...weight, name, value: sources.get(name)! };
    }),
  );
  return [...inOrder.filter(({ trainable }) => trainable), ...inOrder.filter(({ trainable }) => !trainable)];
}

function stepValues(
  plan: TrainingPlan,
  { outputs, batch }: ForwardPass,
  weights: readonly ChosenWeight[],
  labels: Value,
  p: ProgramBuilder,
): StepValues {
  // What a network makes of a lane without an example may have no loss, and zero times that would be no number.
  const compared = p.where(batch.mask, outputs[0]!, 1);
  const loss = plan.loss as LossName;
  const penalties = weights.flatMap(({ regularizer, value }) =>
    regularizer === undefined ? [] : [penaltyOf(regularizer, value, p)],
  );
  return [
    [batch.mean(lossOf(loss, labels, compared, p), []), ...penalties].reduce((sum, penalty) =>
      p.add(sum, penalty),
    ),
    ...plan.metrics.map((metric) => metricOf(metric as MetricName, loss, labels, compared, batch, p)),
  ];
}
