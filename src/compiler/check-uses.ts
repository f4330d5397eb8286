/** Steps and inputs that lead to no output: TensorFlow.js would leave them out of a model without a word. */
import type { ExpandedSpec } from '../spec/expand/expanded-spec.js';
import type { Report } from './report.js';

export function checkUses({ steps, inputs, outputs }: ExpandedSpec, report: Report): void {
  // Whoever takes what is not known may take any of them.
  const known = steps.every((step) => step.inputs.every((input) => input !== undefined));
  if (!known || outputs === undefined) return;
  const taken = new Set([...steps.flatMap((step) => step.inputs), ...outputs.map(({ name }) => name)]);
  for (const step of steps) {
    if (taken.has(step.name)) continue;
    report({
      code: 'unused-step',
      message: `${step.type ?? 'layer'} '${step.name}' leads to no output of the model: nothing takes what it gives`,
      path: step.path,
      step,
      hint: "take it with 'from', name it in 'outputs', or remove it",
    });
  }
  for (const { name, path } of inputs) {
    if (taken.has(name) || steps.length === 0) continue;
    report({
      code: 'unused-step',
      message: `no step takes the input '${name}'`,
      path,
      at: 'key',
      hint: `take it with 'from: ${name}', or remove it`,
    });
  }
}
