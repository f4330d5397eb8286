/** The names of the steps of a list: given, or made from what they are. */
import { checkValue } from '../check-value.js';
import type { JsonSchema } from '../describe.js';
import { stepOptions } from '../spec-schema.js';
import type { Templates } from './check-templates.js';
import type { CheckedStep } from './checked-steps.js';
import type { Frame } from './frame.js';
import type { FaultReport } from './report.js';
import { nameFaults } from './step-faults.js';
import { substitute } from './substitute.js';
import { holdsExpression } from './template.js';

/** Without the names of the steps around them. Steps that are left out count as well, so that the others keep theirs. */
export function nameSteps(
  steps: readonly CheckedStep[],
  frame: Frame,
  templates: Templates,
  report: FaultReport,
): readonly string[] {
  const given = steps.map((step) => givenName(step, frame, templates, report));
  const taken = new Set<string>(frame.inputs.keys());
  for (const name of given) {
    if (name === undefined) continue;
    const parts = name.split('/');
    for (const [index] of parts.entries()) taken.add(parts.slice(0, index + 1).join('/'));
  }
  const counts = new Map<string, number>();
  return steps.map(
    (step, index) => given[index] ?? generate(baseName(step, frame, templates), taken, counts),
  );
}

/** `conv2d_1`, `conv2d_2`, …: the same for the same spec, and never a name that is given. */
function generate(base: string, taken: ReadonlySet<string>, counts: Map<string, number>): string {
  let count = counts.get(base) ?? 0;
  do count++;
  while (taken.has(`${base}_${count}`));
  counts.set(base, count);
  return `${base}_${count}`;
}

function givenName(
  { source, path, value }: CheckedStep,
  frame: Frame,
  templates: Templates,
  report: FaultReport,
): string | undefined {
  if (!holdsExpression(value.name)) return typeof value.name === 'string' ? value.name : undefined;
  const place = [...path, 'name'];
  const { value: name, faults } = substitute(value.name, place, frame.names, templates);
  if (name === undefined) {
    report.add(source, faults, frame.notes);
    return undefined;
  }
  const wrong = [
    ...checkValue(stepOptions.name as unknown as JsonSchema, name, place),
    ...nameFaults(name, place),
  ];
  report.add(source, wrong, frame.notes);
  return typeof name === 'string' ? name : undefined;
}

function baseName(step: CheckedStep, frame: Frame, templates: Templates): string {
  switch (step.kind) {
    case 'use':
      return step.name === '' ? 'block' : step.name;
    case 'parallel':
    case 'repeat':
      return step.kind;
    case 'broken':
      return 'step';
    case 'layer': {
      if (!holdsExpression(step.value.type)) return step.sound.type ?? 'layer';
      const { value } = substitute(step.value.type, step.path, frame.names, templates);
      return typeof value === 'string' ? value : 'layer';
    }
  }
}
