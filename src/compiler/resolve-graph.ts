/**
 * From plain layers to the model graph: shapes, costs, seeds and calls of every layer, and the plan of its training.
 * Impossible shapes are found here, before TensorFlow.js is loaded.
 */
import type { Diagnostic } from '../diagnostics/index.js';
import { formatShape, sizeOf } from '../layers/index.js';
import { sha256Hex } from '../layers/sha256.js';
import type { ExpandedInput, ExpandedSpec } from '../spec/expand/expanded-spec.js';
import { limits } from '../spec/limits.js';
import { locateFault } from '../spec/locate-faults.js';
import { checkExpectations } from './check-expectations.js';
import { checkInput, checkMetrics, checkOutput, warnOfConstant, warnOfLogits } from './check-fit.js';
import { checkUses } from './check-uses.js';
import type { ModelGraph } from './model-graph.js';
import { planTraining } from './plan-training.js';
import { printExpanded } from './print-expanded.js';
import type { GraphFault, Report } from './report.js';
import { type PlacedNode, resolveNodes } from './resolve-nodes.js';
import { trunkOf, wayNote } from './ways.js';

/**
 * There is a graph wherever nothing is missing from the spec and every shape is possible. Layers behind one
 * whose output is unknown are not looked at.
 */
export function resolveGraph(spec: ExpandedSpec): {
  readonly graph?: ModelGraph;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { name, training, program } = spec;
  const diagnostics: Diagnostic[] = [];
  const locate = ({ step, option, at = 'value', severity, notes = [], ...fault }: GraphFault): Diagnostic => {
    const source = step?.source ?? program.main.source;
    const all = [...notes, ...(step?.evaluationNotes(option) ?? []), ...(step?.notes() ?? [])];
    const found = locateFault(source, { ...fault, at, notes: all });
    const { range = source.ownerOf(fault.path).locate(fault.path) } = found ?? {};
    return {
      ...fault,
      severity: severity ?? 'error',
      file: source.ownerOf(fault.path).file,
      range,
      ...(all.length > 0 && { notes: all }),
    };
  };
  const report: Report = (fault) => {
    if (diagnostics.length < limits.faults) diagnostics.push(locate(fault));
  };

  const fitting = spec.inputs.filter((input) => isPossible(input, report));
  const { nodes, untrainable, complete } = resolveNodes({ ...spec, inputs: fitting }, report);
  for (const placed of nodes.values()) warnOfConstant(placed, report);
  checkUses(spec, report);
  const outputs = spec.outputs?.map((output) => nodes.get(output.name));
  const known = outputs?.every((output) => output !== undefined) ? (outputs as PlacedNode[]) : undefined;
  const planned =
    training === undefined ? undefined : planTraining(training, !spec.faulty.has('training.metrics'), report);
  const unfit = training === undefined ? [] : severalEnds(spec);
  const trainingFaults: Diagnostic[] = [];
  const hinderTraining: Report = (fault) => {
    const located = locate(fault);
    trainingFaults.push(located);
    if (planned !== undefined) diagnostics.push({ ...located, severity: 'warning' });
  };
  for (const fault of [...untrainable, ...unfit]) hinderTraining(fault);
  if (planned !== undefined) {
    const [input, ...others] = spec.inputs;
    if (planned.data !== undefined && input !== undefined && others.length === 0) {
      checkInput(input, planned.data, report);
    }
    if (
      planned.data !== undefined &&
      planned.loss !== undefined &&
      known?.length === 1 &&
      unfit.length === 0
    ) {
      const trunk = trunkOf(known[0]!, nodes);
      const note = wayNote(known[0]!.node.name, nodes, spec.inputs);
      if (checkOutput(trunk, planned.data, planned.loss, note, report))
        warnOfLogits(trunk, planned.loss, report);
      checkMetrics(known[0]!, training?.metrics ?? [], report);
    }
  }
  const faulty = diagnostics.some(({ severity }) => severity === 'error');
  if (planned !== undefined && !faulty && complete) checkWeights([...nodes.values()], hinderTraining);
  const unplanned = training !== undefined && planned?.plan === undefined;
  if (faulty || unplanned || !complete || known === undefined || name === undefined) return { diagnostics };
  if (spec.inputs.length === 0 || fitting.length !== spec.inputs.length) return { diagnostics };
  const main = program.documents[0]!;
  const text = program.documents.length === 1 ? main.text : printExpanded(spec);
  const graph: ModelGraph = {
    name,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    seed: spec.seed,
    source: {
      file: main.file,
      digest: sha256Hex(text),
      text,
      files: program.texts,
    },
    inputs: spec.inputs.map(({ name: input, shape }) => ({ name: input, shape })),
    nodes: [...nodes.values()].map(({ node }) => node),
    outputs: known.map(({ node }) => node.name),
    training: planned?.plan,
    trainingFaults,
  };
  checkExpectations(spec, graph, report);
  return diagnostics.some(({ severity }) => severity === 'error') ? { diagnostics } : { graph, diagnostics };
}

function isPossible({ shape, path, name }: ExpandedInput, report: Report): boolean {
  if (sizeOf(shape) <= limits.tensorValues) return true;
  const message = `${name}: ${formatShape(shape)} is more than the ${limits.tensorValues} values that a tensor can hold`;
  report({ code: 'tensor-too-large', message, path });
  return false;
}

/** Training that would change nothing. */
function checkWeights(placed: readonly PlacedNode[], report: Report): void {
  if (placed.some(({ node }) => node.weights.some(({ trainable }) => trainable))) return;
  const frozen = placed.find(({ node }) => node.weights.length > 0 && node.options.trainable === false)?.node;
  const [reason, hint] =
    frozen === undefined
      ? [
          'no layer of the model has weights that training changes',
          "add a layer that has some, such as 'dense', or remove the training section",
        ]
      : [
          'all layers that have weights say trainable: false',
          `remove it from one of them, such as ${frozen.type} '${frozen.name}'`,
        ];
  report({
    code: 'nothing-to-train',
    message: `there is nothing to train: ${reason}`,
    path: ['training'],
    at: 'key',
    hint,
  });
}

/** What the trainer cannot do. */
function severalEnds(spec: ExpandedSpec): readonly GraphFault[] {
  const what = 'the trainer feeds one input and compares one output';
  const { inputs, outputs = [] } = spec;
  const hint = 'train this model in a program of your own, or remove the training section';
  const fault = (path: string, found: string): GraphFault => ({
    code: 'not-one-input',
    message: `${what}, but the model has ${found}`,
    path: [path],
    at: 'key',
    hint,
  });
  return [
    ...(inputs.length > 1 ? [fault('inputs', `${inputs.length} inputs`)] : []),
    ...(outputs.length > 1 ? [fault('outputs', `${outputs.length} outputs`)] : []),
  ];
}
