/** A spec written out in full: the same model, of plain layers only, that reads as a spec and needs no other file. */
import type { ExpandedSpec, ExpandedStep } from '../spec/expand/expanded-spec.js';
import { writeSpec } from './import/write-spec.js';

/**
 * The text of the spec. Its layers have the names that they have in the graph, and so the same seeds. Only for a spec
 * without errors.
 */
export function printExpanded(spec: ExpandedSpec): string {
  const [input, ...others] = spec.inputs;
  const single = others.length === 0 && input?.name === 'input';
  const last = spec.steps[spec.steps.length - 1]?.name;
  const isLast = spec.outputs?.length === 1 && spec.outputs[0]!.name === last;
  const value = {
    name: spec.name,
    description: spec.description,
    seed: spec.seed,
    ...(single
      ? { input: input.shape }
      : { inputs: Object.fromEntries(spec.inputs.map(({ name, shape }) => [name, shape])) }),
    layers: spec.steps.map((step, index) =>
      plainStep(step, index === 0 ? (single ? 'input' : undefined) : spec.steps[index - 1]!.name),
    ),
    ...(isLast ? {} : { outputs: spec.outputs?.map(({ name }) => name) }),
    expect: plainExpectations(spec),
    training: spec.training,
  };
  return writeSpec({ header: [], value });
}

function plainStep({ name, type, inputs, options }: ExpandedStep, previous: string | undefined): object {
  const [first] = inputs;
  const follows = inputs.length === 1 && first === previous;
  const from = inputs.length === 1 ? first : inputs;
  return { name, type, ...(follows ? {} : { from }), ...options };
}

/** Outputs go by the names of their layers in the plain spec. */
function plainExpectations({ expect, outputs = [] }: ExpandedSpec): object | undefined {
  if (expect?.output === undefined || Array.isArray(expect.output)) return expect;
  const named = Object.entries(expect.output).map(([label, shape]) => [
    outputs.find((output) => output.label === label)?.name ?? label,
    shape,
  ]);
  return { ...expect, output: Object.fromEntries(named) };
}
