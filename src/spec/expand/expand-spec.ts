/**
 * From a validated spec to plain layers: params get their values, and blocks, branches and repeats are written out.
 * What only the values show is reported here, with the way that led to it.
 */
import type { Diagnostic, SpecPath } from '../../diagnostics/index.js';
import type { Shape } from '../../layers/index.js';
import { checkValue } from '../check-value.js';
import { isMapping } from '../describe.js';
import type { Fault } from '../fault.js';
import { defaults, type TrainingSection } from '../training-schema.js';
import type { ValidatedSpec } from '../validate.js';
import { computeFileParams } from './compute-params.js';
import type { Names } from './evaluate.js';
import { StepExpander, unclear } from './expand-steps.js';
import type { ExpandedInput, ExpandedOutput, ExpandedSpec, ExpectSection } from './expanded-spec.js';
import type { Frame } from './frame.js';
import { FaultReport } from './report.js';
import type { Value } from './step-table.js';
import { evaluationNote, substitute } from './substitute.js';
import { holdsExpression } from './template.js';

/** The faults are those that `validateSpec` has not reported. */
export function expandSpec(spec: ValidatedSpec): {
  readonly expanded: ExpandedSpec;
  readonly diagnostics: readonly Diagnostic[];
} {
  const report = new FaultReport();
  const { program, params, layers, templates, language } = spec;
  const { source } = program.main;
  const computed = computeFileParams(params, templates);
  for (const { fault } of computed.faults) report.add(source, [fault]);
  // Where a param has no value, nothing that is computed from it can be checked.
  const names: Names = computed.params ?? new Map();
  const sections = new Sections(spec, names, report);

  const inputs = inputsOf(sections);
  const expander = new StepExpander(language, templates, report);
  const frame: Frame = {
    prefix: '',
    names,
    inputs: new Map(inputs.names.map((name) => [name, name])),
    outer: undefined,
    scope: [],
    notes: () => [],
  };
  const usable = computed.params !== undefined || params.length === 0;
  const first = inputs.names.length === 1 ? inputs.names[0] : unclear;
  const last = usable ? expander.expandList(layers, frame, first) : undefined;
  const whole = usable && expander.complete;
  if (whole) expander.table.close(expander.steps);
  const outputs = whole ? outputsOf(sections, expander, frame, last, report) : undefined;
  if (whole && layers.length > 0 && expander.steps.length === 0 && !report.full && last !== undefined) {
    const message = 'layers: nothing is left of them: every step is left out';
    report.add(source, [{ code: 'out-of-range', path: ['layers'], at: 'key', message }]);
  }
  const expanded: ExpandedSpec = {
    program,
    name: sections.sound<string>('name'),
    description: sections.sound<string>('description'),
    seed: sections.sound<number>('seed') ?? defaults.seed,
    inputs: inputs.inputs,
    steps: expander.steps,
    outputs,
    expect: sections.soundParts<ExpectSection>('expect'),
    training: sections.soundParts<Partial<TrainingSection>>('training'),
    faulty: sections.faulty(),
  };
  return { expanded, diagnostics: report.diagnostics };
}

/** The sections that are not steps, with their expressions computed. */
class Sections {
  private readonly values = new Map<string, unknown>();
  private readonly faults = new Map<string, readonly Fault[]>();

  constructor(
    readonly spec: ValidatedSpec,
    names: Names,
    report: FaultReport,
  ) {
    const { sections, language, templates, program } = spec;
    for (const [section, written] of Object.entries(sections)) {
      const before = spec.faults.get(section) ?? [];
      const { value, faults } = substitute(written, [section], names, templates);
      this.values.set(section, value);
      if (value === written) {
        this.faults.set(section, before);
        continue;
      }
      const schema = language.spec.properties?.[section];
      const known = new Set(before.map(({ path }) => JSON.stringify(path)));
      const missing = missingParts(written, value, [section]);
      // With parts that have no value, others would seem to be wrong.
      const checked = schema === undefined || missing.size > 0 ? [] : checkValue(schema, value, [section]);
      const found = checked
        .filter(({ path }) => !known.has(JSON.stringify(path)))
        .map((fault) => {
          const text = at(sections, fault.path);
          const note = holdsExpression(text) ? evaluationNote(text, names, templates) : undefined;
          return note === undefined ? fault : { ...fault, notes: [note] };
        });
      report.add(program.main.source, [...faults, ...found]);
      const unread = [...missing].map(
        (path): Fault => ({
          code: 'invalid-expression',
          path: JSON.parse(path) as SpecPath,
          at: 'value',
          message: '',
        }),
      );
      this.faults.set(section, [...before, ...found, ...unread]);
    }
  }

  has(section: string): boolean {
    return this.values.has(section);
  }

  value(section: string): unknown {
    return this.values.get(section);
  }

  faultsOf(section: string): readonly Fault[] {
    return this.faults.get(section) ?? [];
  }

  sound<Section>(section: string): Section | undefined {
    return this.faultsOf(section).length > 0 ? undefined : (this.values.get(section) as Section | undefined);
  }

  /** A mapping without its faulty entries. */
  soundParts<Section>(section: string): Section | undefined {
    const value = this.values.get(section);
    if (!isMapping(value)) return undefined;
    const wrong = new Set(this.faultsOf(section).map(({ path }) => path[1]));
    return Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key))) as Section;
  }

  faulty(): ReadonlySet<string> {
    const all = [...this.faults.values()].flat();
    return new Set(all.map(({ path }) => path.slice(0, 2).join('.')));
  }
}

/** The places of texts that have no value, each as JSON. */
function missingParts(written: unknown, value: unknown, path: SpecPath): ReadonlySet<string> {
  if (holdsExpression(written)) return new Set(value === undefined ? [JSON.stringify(path)] : []);
  if (typeof written !== 'object' || written === null) return new Set();
  return new Set(
    Object.entries(written).flatMap(([key, part]) => {
      const step = Array.isArray(written) ? Number(key) : key;
      return [...missingParts(part, at(value, [step]), [...path, step])];
    }),
  );
}

function at(value: unknown, path: SpecPath): unknown {
  return path.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null
        ? (part as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    value,
  );
}

/** The names that `from` may use for them, and those whose shapes are known. */
function inputsOf(sections: Sections): {
  readonly names: readonly string[];
  readonly inputs: readonly ExpandedInput[];
} {
  const several = sections.value('inputs');
  if (!sections.has('inputs') || !isMapping(several)) {
    const shape = sections.sound<Shape>('input');
    return {
      names: ['input'],
      inputs: shape === undefined ? [] : [{ name: 'input', shape, path: ['input'] }],
    };
  }
  const wrong = new Set(sections.faultsOf('inputs').map(({ path }) => path[1]));
  return {
    names: Object.keys(several),
    inputs: Object.entries(several)
      .filter(([name]) => !wrong.has(name) && !wrong.has(undefined))
      .map(([name, shape]) => ({ name, shape: shape as Shape, path: ['inputs', name] })),
  };
}

function outputsOf(
  sections: Sections,
  { table }: StepExpander,
  frame: Frame,
  last: Value,
  report: FaultReport,
): readonly ExpandedOutput[] | undefined {
  const { source } = sections.spec.program.main;
  const given = sections.value('outputs');
  if (!sections.has('outputs')) {
    const isInput = last !== undefined && frame.inputs.has(last);
    return last === undefined || isInput ? undefined : [{ label: last, name: last, path: undefined }];
  }
  if (!Array.isArray(given) || sections.faultsOf('outputs').length > 0) return undefined;
  const outputs: ExpandedOutput[] = [];
  for (const [index, label] of (given as readonly string[]).entries()) {
    const path = ['outputs', index];
    const found = table.find(label, frame);
    const same = outputs.find(({ name }) => found !== undefined && name === found.value);
    const refuse = (fault: Pick<Fault, 'code' | 'message' | 'hint'>) =>
      report.add(source, [{ ...fault, path, at: 'value' }]);
    if (found === undefined) refuse(table.unknown(label, frame));
    else if (found.value === undefined) continue;
    else if (frame.inputs.has(found.value)) {
      refuse({ code: 'unknown-step', message: `outputs: '${label}' is an input of the model, and no step` });
    } else if (same !== undefined) {
      refuse({ code: 'duplicate-name', message: `outputs: '${label}' is the same as '${same.label}'` });
    } else outputs.push({ label, name: found.value, path });
  }
  return outputs.length === given.length ? outputs : undefined;
}
