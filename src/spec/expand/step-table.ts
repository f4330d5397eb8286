/** The steps that have been written out, by their full names, and what `from` means at a place among them. */
import { type Fault, hinted } from '../fault.js';
import { limits } from '../limits.js';
import { placeOf } from '../locate-faults.js';
import { didYouMean } from '../suggest.js';
import type { CheckedStep } from './checked-steps.js';
import type { ExpandedStep } from './expanded-spec.js';
import type { Frame } from './frame.js';
import type { FaultReport } from './report.js';

/** Name of an input or a layer; undefined where that is not known, which has been reported. */
export type Value = string | undefined;

/** A name that nothing had when it was come to. */
interface Open {
  readonly name: string;
  readonly step: CheckedStep;
  readonly stepName: string;
  readonly frame: Frame;
  readonly fault: Pick<Fault, 'path' | 'at'>;
}

/** Names that are shown in a hint. */
const namesShown = 8;
/** Names that are compared with one that is not known. */
const namesLookedAt = 100;
/** Steps of a circle that are shown. */
const circleShown = 8;

export class StepTable {
  private readonly values = new Map<string, Value>();
  private readonly steps = new Map<string, CheckedStep>();
  private readonly doubles = new Set<string>();
  private local: ReadonlyMap<string, readonly string[]> | undefined;
  private localSize = 0;
  private readonly open: Open[] = [];

  constructor(private readonly report: FaultReport) {}

  define(name: string, value: Value, step: CheckedStep, frame: Frame): void {
    const first = this.steps.get(name);
    const local = name.slice(frame.prefix.length);
    if (first === undefined && !frame.inputs.has(local)) {
      this.values.set(name, value);
      this.steps.set(name, step);
      return;
    }
    // Refused where steps are checked one by one.
    if (local === 'input') return;
    const sameFile = first?.source === step.source;
    const fault: Fault = {
      code: 'duplicate-name',
      path: [...step.path, 'name'],
      at: 'use',
      message: first === undefined ? `'${local}' is the name of an input` : `two steps are called "${local}"`,
      ...(first !== undefined &&
        sameFile && { related: { text: 'the first one is', path: [...first.path, 'name'] } }),
      ...(first !== undefined &&
        !sameFile && { notes: [`the first one is at ${placeOf(first.source, first.path)}`] }),
    };
    this.report.add(step.source, [fault], frame.notes);
  }

  /** A name for a step whose own name is taken, which is a fault: so that what follows can be checked. */
  unique(name: string): string {
    let unique = name;
    for (let count = 2; this.values.has(unique) || this.doubles.has(unique); count++)
      unique = `${name}~${count}`;
    if (unique !== name) this.doubles.add(unique);
    return unique;
  }

  /** The value that a name means in a frame: of the list of steps itself, or of one around it in the same block. */
  find(name: string, frame: Frame): { readonly value: Value } | undefined {
    for (let at: Frame | undefined = frame; at !== undefined; at = at.outer) {
      const full = at.prefix + name;
      if (this.values.has(full)) return { value: this.values.get(full) };
      if (at.inputs.has(name)) return { value: at.inputs.get(name) };
    }
    return undefined;
  }

  /** As `find`, for a step: what is not known yet is judged when all steps are. */
  resolve(
    name: string,
    step: CheckedStep,
    stepName: string,
    frame: Frame,
    fault: Pick<Fault, 'path' | 'at'>,
  ): Value {
    const found = this.find(name, frame);
    if (found === undefined && this.open.length < limits.faults) {
      this.open.push({ name, step, stepName, frame, fault });
    }
    return found?.value;
  }

  /** Reports the names that nothing had, by what has come of them since. */
  close(steps: readonly ExpandedStep[]): void {
    const takers = this.open.length === 0 ? new Map<string, readonly string[]>() : takersOf(steps);
    for (const { name, step, stepName, frame, fault } of this.open) {
      const later = this.fullName(name, frame);
      const base = { ...fault, ...this.judge(name, later, stepName, frame, takers) };
      this.report.add(step.source, [base], frame.notes);
    }
  }

  private judge(
    name: string,
    later: string | undefined,
    stepName: string,
    frame: Frame,
    takers: ReadonlyMap<string, readonly string[]>,
  ): Pick<Fault, 'code' | 'message' | 'hint'> {
    if (later === undefined) return this.unknown(name, frame, stepName);
    const local = (full: string) => (full.startsWith(frame.prefix) ? full.slice(frame.prefix.length) : full);
    const way = wayBetween(stepName, this.values.get(later) ?? later, takers);
    if (later === stepName || way !== undefined) {
      const circle = shortened([...(way ?? [stepName]), stepName].map(local)).join(' → ');
      return { code: 'circular-reference', message: `from: '${name}' waits for this step itself: ${circle}` };
    }
    return {
      code: 'forward-reference',
      message: `from: '${name}' comes after this step`,
      hint: `move '${name}' above it`,
    };
  }

  /** Of a name that nothing has; where `outputs` names it, too. */
  unknown(name: string, frame: Frame, stepName?: string): Pick<Fault, 'code' | 'message' | 'hint'> {
    const known = this.namesIn(frame, stepName);
    const outside =
      frame.scope.length > 0 && this.values.has(name)
        ? `'${name}' is outside of the block: hand it over with 'from' where the block is used, as one of its 'inputs'`
        : undefined;
    const listed =
      known.length === 0
        ? undefined
        : `the names known here are ${known.slice(0, namesShown).join(', ')}${known.length > namesShown ? ', …' : ''}`;
    const shown = name.length > 40 ? `${name.slice(0, 39)}…` : name;
    return {
      code: 'unknown-step',
      message: `there is no step or input '${shown}' here`,
      ...hinted(outside ?? didYouMean(name, known) ?? listed),
    };
  }

  private fullName(name: string, frame: Frame): string | undefined {
    for (let at: Frame | undefined = frame; at !== undefined; at = at.outer) {
      if (this.values.has(at.prefix + name)) return at.prefix + name;
    }
    return undefined;
  }

  /** The nearest first; those of steps inside other steps are left out, and those far away. */
  private namesIn(frame: Frame, stepName: string | undefined): readonly string[] {
    const names: string[] = [];
    for (let at: Frame | undefined = frame; at !== undefined; at = at.outer) {
      const { prefix, inputs } = at;
      // Not the step itself, nor what it is a part of.
      const isAround = (name: string) => `${stepName}/`.startsWith(`${prefix}${name}/`);
      const local = (this.localNames().get(prefix) ?? []).slice(-namesLookedAt).reverse();
      names.push(...local.filter((name) => !isAround(name)), ...inputs.keys());
    }
    return [...new Set(names)];
  }

  /** By the prefix of a frame, the names of its own steps. */
  private localNames(): ReadonlyMap<string, readonly string[]> {
    if (this.local === undefined || this.localSize !== this.values.size) {
      const local = new Map<string, string[]>();
      for (const full of this.values.keys()) {
        const start = full.lastIndexOf('/') + 1;
        const list = local.get(full.slice(0, start));
        if (list === undefined) local.set(full.slice(0, start), [full.slice(start)]);
        else list.push(full.slice(start));
      }
      this.local = local;
      this.localSize = this.values.size;
    }
    return this.local;
  }
}

/** Its first and its last names. */
function shortened(way: readonly string[]): readonly string[] {
  if (way.length <= circleShown) return way;
  const half = circleShown / 2;
  return [...way.slice(0, half), '…', ...way.slice(-half)];
}

/** By the name of a layer, those that take its output. */
function takersOf(steps: readonly ExpandedStep[]): ReadonlyMap<string, readonly string[]> {
  const takers = new Map<string, string[]>();
  for (const { name, inputs } of steps) {
    for (const input of inputs) {
      if (input === undefined) continue;
      const list = takers.get(input);
      if (list === undefined) takers.set(input, [name]);
      else list.push(name);
    }
  }
  return takers;
}

/** The layers from one step, or one inside it, to another: the way that a value takes. */
function wayBetween(
  from: string,
  to: string,
  takers: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const starts = [...takers.keys()].filter((name) => name === from || name.startsWith(`${from}/`));
  const before = new Map<string, string | undefined>(starts.map((name) => [name, undefined]));
  const queue = [...starts];
  for (const name of queue) {
    if (name === to) {
      const way: string[] = [];
      for (let at: string | undefined = name; at !== undefined; at = before.get(at)) way.unshift(at);
      return way;
    }
    for (const taker of takers.get(name) ?? []) {
      if (before.has(taker)) continue;
      before.set(taker, name);
      queue.push(taker);
    }
  }
  return undefined;
}
