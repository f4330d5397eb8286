/**
 * From plain data to a spec that is known to follow the schema, as far as it does. Every fault is reported
 * at its place; what is left is kept, so that the next passes can check it too. Nothing is written out yet: what a
 * spec says with `${…}` is checked for what can be said before its values are known.
 */
import type { Diagnostic } from '../diagnostics/index.js';
import { checkValue } from './check-value.js';
import { describeSchema, isMapping } from './describe.js';
import { BlockChecker, checkParams, reportUnused } from './expand/check-block.js';
import { checkTemplates, type Templates, withoutUnknown } from './expand/check-templates.js';
import type { CheckedParam, CheckedStep } from './expand/checked-steps.js';
import { NameScope } from './expand/name-scope.js';
import { FaultReport } from './expand/report.js';
import type { Fault } from './fault.js';
import type { Language } from './language.js';
import { limits } from './limits.js';
import type { Program } from './program.js';
import { nearest } from './suggest.js';

/** A spec without its faulty parts, with its steps and blocks as they are written. */
export interface ValidatedSpec {
  readonly program: Program;
  readonly language: Language;
  readonly templates: Templates;
  /** What stands in the sections that are not steps, maybe with expressions. Faulty ones are among them. */
  readonly sections: Readonly<Record<string, unknown>>;
  readonly params: readonly CheckedParam[];
  readonly layers: readonly CheckedStep[];
  /** Faults of the sections, by section: `training`. */
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
}

/** Sections whose values have nothing to do with params. */
const plainSections: readonly string[] = ['params', 'blocks', 'layers'];

/** There is a spec wherever there is a mapping at all. */
export function validateSpec(
  program: Program,
  language: Language,
): { readonly spec?: ValidatedSpec; readonly diagnostics: readonly Diagnostic[] } {
  const report = new FaultReport();
  const { source } = program.main;
  const { value } = source;
  const blocks = new BlockChecker(language, report);
  const { templates } = blocks.steps;
  const found = checkValue(language.spec, isMapping(value) ? shortened(value) : value, []);
  if (!isMapping(value)) {
    report.add(source, found);
    return { diagnostics: report.diagnostics };
  }
  const sections = Object.fromEntries(
    Object.entries(value).filter(([section]) => !plainSections.includes(section)),
  );
  const wrongParams = found.some(({ path }) => path[0] === 'params');
  const { params, names } = wrongParams
    ? { params: [], names: NameScope.of([]) }
    : checkParams(value.params, ['params'], source, templates, report);
  if (wrongParams) names.useAll();
  const own = [...withoutUnknown(found, value, []), ...missingInput(value, language)];
  const { whole } = program.main;
  const faults = [
    ...own.filter(({ code, path }) => whole || code !== 'missing-option' || path.length > 0),
    ...checkTemplates(sections, [], names, templates).faults,
    ...missingParams(params),
  ];
  report.add(source, faults);
  const layers = blocks.steps.checkList(value.layers, ['layers'], { unit: program.main, names });
  for (const unit of [program.main, ...program.included]) {
    if (unit !== program.main) checkIncluded(unit.source, language, report);
    blocks.checkAll(unit);
  }
  const main = program.documents[0]!;
  const isOwn = (name: string) => source.ownerOf(['params', name]) === main;
  if (!wrongParams) reportUnused(NameScope.of(names.unused().filter(isOwn)), ['params'], source, report);
  // Of so many faults not all were looked for, so that nothing can be taken for sound.
  if (report.full) return { diagnostics: report.diagnostics };
  const spec = { program, language, templates, sections, params, layers, faults: bySection(faults) };
  return { spec, diagnostics: report.diagnostics };
}

/** Without the steps of lists that are too long to be looked at one by one. */
function shortened(value: Readonly<Record<string, unknown>>): unknown {
  const tooLong = Array.isArray(value.layers) && value.layers.length > limits.layers;
  return tooLong ? { ...value, layers: [{}] } : value;
}

function checkIncluded(source: Program['main']['source'], language: Language, report: FaultReport): void {
  const { value } = source;
  // `include` itself was checked when it was read, and is no part of what is merged.
  report.add(
    source,
    checkValue(language.included, value, []).filter(({ path }) => path[0] !== 'include'),
  );
}

/** One of the two ways to say what a model takes. */
function missingInput(value: Readonly<Record<string, unknown>>, { spec }: Language): readonly Fault[] {
  const ways = ['input', 'inputs'];
  const [one, several] = ways.map((key) => Object.hasOwn(value, key));
  if (one && several) {
    const message = "a spec has either 'input' or 'inputs', not both";
    const hint = "write all of them into 'inputs'";
    return [{ code: 'conflicting-options', path: ['inputs'], at: 'key', message, hint }];
  }
  // One that is there under a wrong name is not missing as well.
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(spec.properties!, key));
  if (one || several || unknown.some((key) => nearest(key, ways) !== undefined)) return [];
  const message = `a spec needs 'input': ${describeSchema(spec.properties!.input!)}`;
  return [{ code: 'missing-option', path: [], at: 'inside', message }];
}

function missingParams(params: readonly CheckedParam[]): readonly Fault[] {
  return params
    .filter(({ value }) => value === undefined)
    .map(({ name, path }) => ({
      code: 'missing-option',
      path,
      at: 'inside',
      message: `the param '${name}' has no value`,
      hint: `give it one here, or with --set params.${name}=…`,
    }));
}

function bySection(faults: readonly Fault[]): ReadonlyMap<string, readonly Fault[]> {
  const sections = new Map<string, Fault[]>();
  for (const fault of faults) {
    const section = String(fault.path[0] ?? '');
    sections.set(section, [...(sections.get(section) ?? []), fault]);
  }
  return sections;
}
