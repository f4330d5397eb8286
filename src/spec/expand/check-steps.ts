/**
 * Lists of steps against the language, before anything is written out: every fault that can be seen in the text is
 * reported once, at its place, whether a block is used never or a thousand times.
 */
import { formatPath, type SpecPath } from '../../diagnostics/index.js';
import { checkValue } from '../check-value.js';
import { describeValue, isMapping, listOf } from '../describe.js';
import type { Fault } from '../fault.js';
import type { Language } from '../language.js';
import { limits } from '../limits.js';
import type { Unit } from '../program.js';
import { didYouMean, nearest } from '../suggest.js';
import { checkTemplates, type TemplateCheck, Templates, withoutUnknown } from './check-templates.js';
import type {
  CheckedBlock,
  CheckedLayer,
  CheckedParallel,
  CheckedRepeat,
  CheckedStep,
  CheckedUse,
  Mapping,
} from './checked-steps.js';
import { reservedWords } from './expression.js';
import type { NameScope } from './name-scope.js';
import { kindFault, paramKinds } from './param-kinds.js';
import type { FaultReport } from './report.js';
import { soundLayer } from './sound-layer.js';
import { nameFaults, paramFaults, stepKeys, unknownOfMerge } from './step-faults.js';
import { holdsExpression } from './template.js';

/** What holds at the place of a list of steps. */
export interface StepContext {
  readonly unit: Unit;
  readonly names: NameScope;
}

/** How a step says what it is. */
const forms = ['type', 'use', 'parallel', 'repeat'] as const;

export class StepChecker {
  readonly templates = new Templates();

  constructor(
    readonly language: Language,
    readonly report: FaultReport,
    /** The block that a name means in a unit, if there is one. */
    private readonly findBlock: (
      name: string,
      unit: Unit,
    ) => CheckedBlock | 'unknown' | 'recursive' | 'broken',
    /** Of a block that is in the middle of being checked: how it came back to itself. */
    private readonly wayBack: (name: string, unit: Unit) => string,
  ) {}

  checkList(list: unknown, path: SpecPath, context: StepContext): readonly CheckedStep[] {
    if (!Array.isArray(list)) return [];
    if (list.length > limits.layers) {
      const message = `${formatPath(path)}: expected at most ${limits.layers}, found ${list.length}`;
      this.add(context, [{ code: 'spec-too-large', path, at: 'key', message }]);
      return [];
    }
    return list.flatMap((item, index) =>
      this.report.full ? [] : [this.checkStep(item, [...path, index], context)],
    );
  }

  private checkStep(item: unknown, path: SpecPath, context: StepContext): CheckedStep {
    if (!isMapping(item)) return this.checkLayer(item, path, context, false);
    const [form, other] = forms.filter((key) => Object.hasOwn(item, key));
    if (other !== undefined) {
      const message = `a step is one thing: it cannot have both '${form}' and '${other}'`;
      return this.broken(item, path, context, [
        {
          code: 'conflicting-options',
          path: [...path, other],
          at: 'key',
          message,
          hint: 'make two steps of it',
        },
      ]);
    }
    switch (form) {
      case 'use':
        return this.checkUse(item, path, context);
      case 'parallel':
        return this.checkParallel(item, path, context);
      case 'repeat':
        return this.checkRepeat(item, path, context);
      case 'type':
        return this.checkLayer(item, path, context, false);
      default: {
        const key = Object.keys(item).find((word) => nearest(word, forms.slice(1)) !== undefined);
        if (key === undefined) return this.checkLayer(item, path, context, false);
        const meant = nearest(key, forms.slice(1))!;
        const message = `${formatPath(path)} needs a 'type', or 'use', 'parallel' or 'repeat'`;
        const hint = `did you mean '${meant}' by '${key}'?`;
        return this.broken(item, path, context, [
          { code: 'missing-option', path: [...path, key], at: 'key', message, hint },
        ]);
      }
    }
  }

  private broken(
    value: Mapping,
    path: SpecPath,
    context: StepContext,
    faults: readonly Fault[],
  ): CheckedStep {
    context.names.useAll();
    this.add(context, faults);
    return { kind: 'broken', source: context.unit.source, path, value, faults };
  }

  private checkLayer(item: unknown, path: SpecPath, context: StepContext, joins: boolean): CheckedLayer {
    const schema = joins ? this.language.merge : this.language.layer;
    const found = [...checkValue(schema, item, path)];
    // Of a layer whose type is computed, nothing else has been checked yet.
    if (isMapping(item) && holdsExpression(item.type)) {
      const own = Object.entries(item).filter(([key]) => stepKeys.includes(key));
      found.push(
        ...(joins
          ? own.map(([key]) => unknownOfMerge(key, path))
          : checkValue(this.language.common, Object.fromEntries(own), path)),
      );
    }
    const { faults, names, computed } = this.checkParts(found, item, path, context);
    const value = isMapping(item) ? item : typeof item === 'string' && joins ? { type: item } : {};
    const sound = soundLayer(value, path, faults, this.language.registry);
    return { kind: 'layer', source: context.unit.source, path, value, faults, joins, computed, names, sound };
  }

  private checkUse(value: Mapping, path: SpecPath, context: StepContext): CheckedUse {
    const params = Object.keys(value).filter((key) => key !== 'use' && !stepKeys.includes(key));
    const own = Object.fromEntries(Object.entries(value).filter(([key]) => !params.includes(key)));
    const found = [...checkValue(this.language.use, own, path)];
    const name = typeof value.use === 'string' ? value.use : '';
    const block = this.checkBlockName(value.use, [...path, 'use'], context, found);
    found.push(
      ...(block === undefined
        ? params.flatMap(
            (key) => kindFault(value[key], paramKinds(undefined), [...path, key], 'a param') ?? [],
          )
        : paramFaults(block, value, params, path)),
    );
    const { faults } = this.checkParts(found, value, path, context);
    const usable = block !== undefined && !faults.some(({ path: place }) => this.isParam(place, path, block));
    return {
      kind: 'use',
      source: context.unit.source,
      path,
      value,
      faults,
      name,
      block: usable ? block : undefined,
    };
  }

  /** A fault with which nothing can be said about the steps of the block; an unknown param is just left out. */
  private isParam(place: SpecPath, path: SpecPath, block: CheckedBlock): boolean {
    const key = place[path.length];
    return key === undefined || block.params.some(({ name }) => name === key);
  }

  private checkBlockName(
    name: unknown,
    path: SpecPath,
    { unit }: StepContext,
    faults: Fault[],
  ): CheckedBlock | undefined {
    if (typeof name !== 'string') return undefined;
    if (holdsExpression(name)) {
      const message = `use: the name of a block cannot be computed, found ${describeValue(name)}`;
      const hint = "write one step for each block, with 'when'";
      faults.push({ code: 'invalid-expression', path, at: 'key', message, hint });
      return undefined;
    }
    const block = this.findBlock(name, unit);
    if (typeof block === 'object') return block;
    if (block === 'recursive') {
      const message = `the block '${name}' uses itself: ${this.wayBack(name, unit)}`;
      faults.push({ code: 'recursive-block', path, at: 'value', message });
    } else if (block === 'unknown' && unit.complete) {
      const known = [...unit.blocks.keys()];
      const isLayer = this.language.registry.layers.has(name);
      const hint =
        didYouMean(name, known) ??
        (isLayer
          ? `it is a layer: write { type: ${name}, … }`
          : known.length === 0
            ? "this file has no 'blocks'"
            : `the blocks are ${listOf(known.slice(0, 20), 'and')}`);
      faults.push({
        code: 'unknown-block',
        path,
        at: 'value',
        message: `there is no block ${describeValue(name)}`,
        hint,
      });
    }
    return undefined;
  }

  private checkParallel(value: Mapping, path: SpecPath, context: StepContext): CheckedParallel {
    const found = checkValue(this.language.parallel, value, path).map((fault): Fault => {
      const isBranch = fault.path.length === path.length + 2 && fault.code === 'wrong-type';
      return isBranch ? { ...fault, hint: 'a branch is a list of steps: [{ type: … }, …]' } : fault;
    });
    const { parallel, merge, ...own } = value;
    const { faults } = this.checkParts(found, own, path, context);
    const branches = (Array.isArray(parallel) ? parallel : []).map((branch, index) =>
      this.checkList(branch, [...path, 'parallel', index], context),
    );
    const sound = found.every(({ path: place }) => place[path.length] !== 'parallel');
    const joined =
      merge === undefined ? undefined : this.checkLayer(merge, [...path, 'merge'], context, true);
    return {
      kind: 'parallel',
      source: context.unit.source,
      path,
      value: own,
      faults,
      branches,
      merge: sound ? joined : undefined,
    };
  }

  private checkRepeat(value: Mapping, path: SpecPath, context: StepContext): CheckedRepeat {
    const found = [...checkValue(this.language.repeat, value, path)];
    const { layers, as: index, ...own } = value;
    const named = typeof index === 'string' && found.every((fault) => fault.path[path.length] !== 'as');
    if (named && (context.names.has(index) || reservedWords.includes(index))) {
      const what = context.names.has(index) ? 'has a value here already' : 'means something else in ${…}';
      const message = `as: '${index}' ${what}`;
      found.push({
        code: 'duplicate-name',
        path: [...path, 'as'],
        at: 'value',
        message,
        hint: 'choose another name',
      });
    }
    const { faults } = this.checkParts(found, own, path, context);
    const inside = named ? { ...context, names: context.names.with(index) } : context;
    return {
      kind: 'repeat',
      source: context.unit.source,
      path,
      value: own,
      faults,
      index: named ? index : undefined,
      layers: this.checkList(layers, [...path, 'layers'], inside),
    };
  }

  /** What is wrong with the parts of a step that are no steps themselves: reported, and returned. */
  private checkParts(
    found: readonly Fault[],
    value: unknown,
    path: SpecPath,
    context: StepContext,
  ): TemplateCheck {
    const { faults: ofTexts, names, computed } = checkTemplates(value, path, context.names, this.templates);
    const ofName =
      isMapping(value) && found.every((fault) => fault.path[path.length] !== 'name')
        ? nameFaults(value.name, [...path, 'name'])
        : [];
    const faults = [...withoutUnknown(found, value, path), ...ofTexts, ...ofName];
    this.add(context, faults);
    return { faults, names, computed };
  }

  private add({ unit }: StepContext, faults: readonly Fault[]): void {
    this.report.add(unit.source, faults);
  }
}
