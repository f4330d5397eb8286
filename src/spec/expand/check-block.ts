/** Definitions of blocks, each checked once: its params, and its steps with all blocks that they use. */
import type { SpecPath } from '../../diagnostics/index.js';
import { checkValue } from '../check-value.js';
import { isMapping } from '../describe.js';
import { type Fault, hinted } from '../fault.js';
import type { Language } from '../language.js';
import type { BlockSource, Unit } from '../program.js';
import type { SpecSource } from '../source.js';
import { StepChecker, type StepContext } from './check-steps.js';
import { checkTemplates, type Templates, withoutUnknown } from './check-templates.js';
import type { CheckedBlock, CheckedParam } from './checked-steps.js';
import { reservedWords } from './expression.js';
import { NameScope } from './name-scope.js';
import type { FaultReport } from './report.js';
import { stepKeys } from './step-faults.js';

/** Blocks that use each other may be so many in a row; with more, one could hardly say what the first one is. */
const longestChain = 100;

export class BlockChecker {
  readonly steps: StepChecker;
  private readonly checked = new Map<BlockSource, CheckedBlock | 'broken'>();
  /** The blocks that are being checked, each used by the one before it. */
  private readonly open: BlockSource[] = [];

  constructor(
    private readonly language: Language,
    private readonly report: FaultReport,
  ) {
    this.steps = new StepChecker(
      language,
      report,
      (name, unit) => this.find(name, unit),
      (name, unit) => {
        const first = this.open.indexOf(unit.blocks.get(name)!);
        return [...this.open.slice(first).map((block) => block.name), name].join(' → ');
      },
    );
  }

  checkAll(unit: Unit): void {
    for (const block of unit.blocks.values()) if (block.unit === unit) this.check(block);
  }

  private find(name: string, unit: Unit): CheckedBlock | 'unknown' | 'recursive' | 'broken' {
    const block = unit.blocks.get(name);
    if (block === undefined) return 'unknown';
    if (this.open.includes(block)) return 'recursive';
    return this.check(block);
  }

  private check(block: BlockSource): CheckedBlock | 'broken' {
    let checked = this.checked.get(block);
    if (checked === undefined) {
      this.open.push(block);
      checked = this.checkNew(block);
      this.open.pop();
      this.checked.set(block, checked);
    }
    return checked;
  }

  private checkNew({ name, unit }: BlockSource): CheckedBlock | 'broken' {
    const { source } = unit;
    const path = ['blocks', name];
    const value = (
      (source.value as Readonly<Record<string, unknown>>).blocks as Readonly<Record<string, unknown>>
    )[name];
    if (this.open.length > longestChain) {
      const message = `expected at most ${longestChain} blocks that use each other in a row, found more`;
      this.report.add(source, [{ code: 'spec-too-deep', path, at: 'key', message }]);
      return 'broken';
    }
    const found = checkValue(this.language.block, value, path);
    const plain = found.filter((fault) => fault.path[2] === 'inputs');
    const others = found.filter((fault) => !plain.includes(fault));
    const faults = [...plain, ...withoutUnknown(others, value, path)];
    this.report.add(source, faults);
    if (!isMapping(value)) return 'broken';
    const wrong = (key: string) => faults.some((fault) => fault.path[2] === key);
    const place = [...path, 'params'];
    const { params, names } = wrong('params')
      ? { params: [], names: NameScope.of([]) }
      : checkParams(value.params, place, source, this.steps.templates, this.report);
    const inputs = wrong('inputs') || !Array.isArray(value.inputs) ? ['input'] : (value.inputs as string[]);
    const context: StepContext = { unit, names };
    const layers = this.steps.checkList(value.layers, [...path, 'layers'], context);
    if (!wrong('params')) reportUnused(names, place, source, this.report);
    if (wrong('params') || wrong('inputs')) return 'broken';
    const description = typeof value.description === 'string' ? value.description : undefined;
    return { name, source, path, description, params, inputs, layers };
  }
}

/** The params of a block or a file, each of which may be computed from those before it. */
export function checkParams(
  value: unknown,
  path: SpecPath,
  source: SpecSource,
  templates: Templates,
  report: FaultReport,
): { readonly params: readonly CheckedParam[]; readonly names: NameScope } {
  const entries = isMapping(value) ? Object.entries(value) : [];
  const names = NameScope.of(entries.map(([name]) => name));
  const params = entries.map(([name, given]): CheckedParam => {
    const place = [...path, name];
    const faults: Fault[] = [];
    if (reservedWords.includes(name) || stepKeys.includes(name) || name === 'use') {
      const what = reservedWords.includes(name) ? 'means something else in ${…}' : 'is a key of every step';
      const message = `a param cannot be called '${name}': the word ${what}`;
      faults.push({
        code: 'invalid-name',
        path: place,
        at: 'key',
        message,
        ...hinted('choose another name'),
      });
    }
    faults.push(...checkTemplates(given, place, names.before(name), templates).faults);
    report.add(source, faults);
    return { name, source, path: place, value: given === null ? undefined : given };
  });
  return { params, names };
}

/** Warns of params that nothing uses. */
export function reportUnused(
  names: NameScope,
  path: SpecPath,
  source: SpecSource,
  report: FaultReport,
): void {
  for (const name of names.unused()) {
    const message = `nothing uses the param '${name}'`;
    report.add(source, [
      { code: 'unused-param', severity: 'warning', path: [...path, name], at: 'key', message },
    ]);
  }
}
