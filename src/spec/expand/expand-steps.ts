/**
 * Writes out blocks, branches and repeats: an interpreter of checked steps whose result is a list of plain layers. It
 * stops at limits, so that no spec makes it run for long.
 */
import type { SpecPath } from '../../diagnostics/index.js';
import { checkValue } from '../check-value.js';
import type { JsonSchema } from '../describe.js';
import { type Fault, hinted } from '../fault.js';
import type { Language } from '../language.js';
import { limits } from '../limits.js';
import type { Templates } from './check-templates.js';
import type {
  CheckedBlock,
  CheckedLayer,
  CheckedParallel,
  CheckedRepeat,
  CheckedStep,
  CheckedUse,
} from './checked-steps.js';
import { type ComputedLayer, computeLayer } from './compute-layer.js';
import { computeParams } from './compute-params.js';
import type { BlockScope, ExpandedStep } from './expanded-spec.js';
import { type Frame, frameOfBlock, frameOfBranch, frameOfTurn, isDeep } from './frame.js';
import type { FaultReport } from './report.js';
import { nameSteps } from './step-names.js';
import { StepTable, type Value } from './step-table.js';
import { evaluationNote, substitute } from './substitute.js';
import { holdsExpression } from './template.js';

/** In steps: what it takes to begin a list, and to give a block its params as well. */
const costOfList = 2;
const costOfUse = 5;

/** What the first step gets where there are several inputs: it must say which. */
export const unclear = Symbol('several inputs');
type Input = Value | typeof unclear;

export class StepExpander {
  readonly steps: ExpandedStep[] = [];
  readonly table: StepTable;
  private readonly computed = new WeakMap<CheckedLayer, ComputedSteps>();
  private spent = 0;
  private stopped = false;
  /** The step of the file that is being written out. */
  private outermost: CheckedStep | undefined;

  constructor(
    private readonly language: Language,
    private readonly templates: Templates,
    private readonly report: FaultReport,
  ) {
    this.table = new StepTable(report);
  }

  /** True where everything has been written out. */
  get complete(): boolean {
    return !this.stopped;
  }

  /** Writes out a list; the value of its last step, or the input where there is none. */
  expandList(list: readonly CheckedStep[], frame: Frame, input: Input): Value {
    const names = nameSteps(list, frame, this.templates, this.report);
    let value: Input = input;
    for (const [index, step] of list.entries()) {
      if (frame.scope.length === 0) this.outermost = step;
      this.spend(1);
      if (this.stopped) return undefined;
      const name = frame.prefix + names[index]!;
      const result = this.expandStep(step, this.table.unique(name), frame, value);
      this.table.define(name, result, step, frame);
      value = result;
    }
    return value === unclear ? undefined : value;
  }

  private expandStep(step: CheckedStep, name: string, frame: Frame, previous: Input): Value {
    const inputs = this.inputsOf(step, name, frame, previous);
    if (!this.isThere(step, frame)) {
      if (inputs.length === 1) return inputs[0];
      const message = `a step that takes ${inputs.length} inputs cannot be left out: there is no one to pass on`;
      return this.refuse(step, frame, {
        code: 'wrong-input-count',
        path: [...step.path, 'when'],
        at: 'key',
        message,
      });
    }
    switch (step.kind) {
      case 'layer':
        return this.expandLayer(step, name, frame, inputs);
      case 'use':
        return this.expandUse(step, name, frame, inputs);
      case 'parallel':
        return this.expandParallel(step, name, frame, inputs);
      case 'repeat':
        return this.expandRepeat(step, name, frame, inputs);
      case 'broken':
        return undefined;
    }
  }

  private expandLayer(step: CheckedLayer, name: string, frame: Frame, inputs: readonly Value[]): Value {
    if (this.steps.length >= limits.layers) {
      this.stop();
      return undefined;
    }
    const { sound } = this.compute(step, frame);
    const { source, path, value } = step;
    const textOf = (option: string | undefined) =>
      Object.entries(value).flatMap(([key, text]) =>
        option === undefined || key === option ? textsIn(text) : [],
      );
    this.steps.push({
      name,
      ...sound,
      inputs,
      source,
      path,
      scope: frame.scope,
      notes: frame.notes,
      evaluationNotes: (option) =>
        textOf(option)
          .filter(holdsExpression)
          .flatMap((text) => evaluationNote(text, frame.names, this.templates) ?? []),
    });
    return name;
  }

  /** Once for each set of values that its expressions take. */
  private compute(step: CheckedLayer, frame: Frame): ComputedLayer {
    if (!step.computed) return { sound: step.sound, faults: [] };
    const key = JSON.stringify(step.names.map((name) => frame.names.get(name)));
    const known = this.computed.get(step) ?? { cost: textsIn(step.value).length, byNames: new Map() };
    this.computed.set(step, known);
    let computed = known.byNames.get(key);
    if (computed === undefined) {
      this.spend(known.cost);
      computed = computeLayer(step, frame.names, this.templates, this.language);
      known.byNames.set(key, computed);
      this.report.add(step.source, computed.faults, frame.notes);
    }
    return computed;
  }

  private expandUse(step: CheckedUse, name: string, frame: Frame, inputs: readonly Value[]): Value {
    const { block } = step;
    if (block === undefined || this.isTooDeep(step, frame)) return undefined;
    this.spend(costOfUse);
    const { params, faults } = computeParams(block, step, frame.names, this.templates);
    for (const fault of faults)
      this.report.add(fault.source, [fault.fault], fault.own ? frame.notes : this.notesInside(step, frame));
    if (params === undefined || !this.takes(step, block, frame, inputs)) return undefined;
    const scope: { -readonly [Key in keyof BlockScope]: BlockScope[Key] } = {
      kind: 'block',
      name,
      block: step.name,
      description: block.description,
      params: Object.fromEntries(params),
      inputs: inputs.map((input) => input ?? ''),
      inputNames: block.inputs,
      output: '',
    };
    const own = new Map(block.inputs.map((input, index) => [input, inputs[index]] as const));
    const inside = frameOfBlock(frame, step, scope, params, own);
    const value = this.expandList(block.layers, inside, inputs.length === 1 ? inputs[0] : unclear);
    scope.output = value ?? '';
    return value;
  }

  private notesInside(step: CheckedUse, frame: Frame): () => readonly string[] {
    return frameOfBlock(frame, step, {} as BlockScope, new Map(), new Map()).notes;
  }

  private takes(step: CheckedUse, block: CheckedBlock, frame: Frame, inputs: readonly Value[]): boolean {
    const wanted = block.inputs.length;
    if (inputs.length === wanted) return true;
    const names = wanted === 1 ? 'one input' : `${wanted} inputs (${block.inputs.join(', ')})`;
    const found = inputs.length === 1 ? 'only one' : String(inputs.length);
    const hint =
      wanted === 1 ? undefined : `name them with 'from: [${block.inputs.map(() => '…').join(', ')}]'`;
    this.refuse(step, frame, {
      code: 'wrong-input-count',
      path: Object.hasOwn(step.value, 'from') ? [...step.path, 'from'] : step.path,
      at: Object.hasOwn(step.value, 'from') ? 'value' : 'inside',
      message: `the block '${block.name}' takes ${names}, but gets ${found}`,
      ...hinted(hint),
    });
    return false;
  }

  private expandParallel(step: CheckedParallel, name: string, frame: Frame, inputs: readonly Value[]): Value {
    if (!this.takesOne(step, frame, inputs) || this.isTooDeep(step, frame)) return undefined;
    this.spend(step.branches.length * costOfList);
    const outputs = step.branches.map((branch, index) =>
      this.expandList(branch, frameOfBranch(frame, name, index), inputs[0]),
    );
    return step.merge === undefined || this.stopped
      ? undefined
      : this.expandLayer(step.merge, name, frame, outputs);
  }

  private expandRepeat(step: CheckedRepeat, name: string, frame: Frame, inputs: readonly Value[]): Value {
    const turns = this.turnsOf(step, frame);
    if (turns === undefined || !this.takesOne(step, frame, inputs) || this.isTooDeep(step, frame))
      return undefined;
    let value = inputs[0];
    for (let index = 0; index < turns && !this.stopped; index++) {
      this.spend(costOfList);
      value = this.expandList(step.layers, frameOfTurn(frame, name, index, step), value);
    }
    return value;
  }

  private turnsOf(step: CheckedRepeat, frame: Frame): number | undefined {
    const path = [...step.path, 'repeat'];
    const turns = this.computePart(step, 'repeat', frame, this.language.repeat.properties!.repeat!);
    if (typeof turns !== 'number') return undefined;
    if (turns <= limits.layers) return turns;
    const text = step.value.repeat;
    const note = holdsExpression(text) ? evaluationNote(text, frame.names, this.templates) : undefined;
    this.refuse(step, frame, {
      code: 'spec-too-large',
      path,
      at: 'value',
      message: `repeat: expected at most ${limits.layers}, the number of layers that a model may have, found ${turns}`,
      ...(note !== undefined && { notes: [note] }),
    });
    return undefined;
  }

  private takesOne(step: CheckedParallel | CheckedRepeat, frame: Frame, inputs: readonly Value[]): boolean {
    if (inputs.length === 1) return true;
    this.refuse(step, frame, {
      code: 'wrong-input-count',
      path: [...step.path, 'from'],
      at: 'value',
      message: `a ${step.kind} takes one input, but gets ${inputs.length}`,
      hint: 'name others where they are needed, in the steps inside it',
    });
    return false;
  }

  /** Whether `when` holds; yes where it is wrong. */
  private isThere(step: CheckedStep, frame: Frame): boolean {
    if (!Object.hasOwn(step.value, 'when')) return true;
    const schema = this.language.use.properties!.when!;
    const value = this.computePart(step, 'when', frame, schema);
    return value !== false && value !== 0;
  }

  private inputsOf(step: CheckedStep, name: string, frame: Frame, previous: Input): readonly Value[] {
    const path = [...step.path, 'from'];
    if (!Object.hasOwn(step.value, 'from')) {
      if (previous !== unclear) return [previous];
      const names = [...frame.inputs.keys()];
      const message = `the first step must say which input it takes`;
      const hint = `write from: ${names[0]}, or another of ${names.join(', ')}`;
      return [
        this.refuse(step, frame, { code: 'unclear-input', path: step.path, at: 'inside', message, hint }),
      ];
    }
    const from = this.computePart(step, 'from', frame, this.language.use.properties!.from!);
    if (typeof from === 'string') return [this.table.resolve(from, step, name, frame, { path, at: 'value' })];
    if (!Array.isArray(from)) return [undefined];
    this.spend(from.length);
    return from.map((one: string, index) =>
      this.table.resolve(one, step, name, frame, { path: [...path, index], at: 'value' }),
    );
  }

  /** One key of a step that is none of the layer's own; undefined where it is wrong. */
  private computePart(step: CheckedStep, key: string, frame: Frame, schema: JsonSchema): unknown {
    const path: SpecPath = [...step.path, key];
    const wrong = ({ path: place }: Fault) => place[step.path.length] === key;
    if (step.faults.some(wrong)) return undefined;
    const given = step.value[key];
    const texts = textsIn(given).filter(holdsExpression);
    if (texts.length === 0) return given;
    const { value, faults } = substitute(given, path, frame.names, this.templates);
    const found = faults.length > 0 ? faults : checkValue(schema, value, path);
    const notes = texts.flatMap((text) => evaluationNote(text, frame.names, this.templates) ?? []);
    this.report.add(
      step.source,
      found.map((fault) => ({ notes, ...fault })),
      frame.notes,
    );
    return found.length > 0 ? undefined : value;
  }

  private isTooDeep(step: CheckedUse | CheckedParallel | CheckedRepeat, frame: Frame): boolean {
    if (!isDeep(frame)) return false;
    const message = `expected blocks, branches and repeats at most ${limits.nesting} deep inside each other`;
    this.refuse(step, frame, { code: 'spec-too-deep', path: step.path, at: 'inside', message });
    // What is so deep is there very often, too.
    this.stopped = true;
    return true;
  }

  private refuse(step: CheckedStep, frame: Frame, fault: Fault): undefined {
    this.report.add(step.source, [fault], frame.notes);
    return undefined;
  }

  private spend(amount: number): void {
    this.spent += amount;
    if (this.spent > limits.expansion || this.report.full) this.stop();
  }

  private stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    const { source, path } = this.outermost!;
    const message = `layers: expected at most ${limits.layers} once all blocks and repeats are written out, found more`;
    this.report.add(source, [{ code: 'spec-too-large', path, at: 'inside', message }]);
  }
}

/** What a layer with expressions became, for each set of values that these took. */
interface ComputedSteps {
  /** Of computing it once: how many texts there are in it. */
  readonly cost: number;
  readonly byNames: Map<string, ComputedLayer>;
}

/** All texts in a value. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
