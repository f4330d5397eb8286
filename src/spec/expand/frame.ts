/** Where steps are being written out: in the file, in the use of a block, in a branch or in a turn of a repeat. */
import { describeValue } from '../describe.js';
import { limits } from '../limits.js';
import { placeOf } from '../locate-faults.js';
import type { CheckedRepeat, CheckedUse } from './checked-steps.js';
import type { Names } from './evaluate.js';
import type { BlockScope, ScopeStep } from './expanded-spec.js';

export interface Frame {
  /** Of all names in it: `stage/0/`. Empty in the file. */
  readonly prefix: string;
  /** The values of params and indices. */
  readonly names: Names;
  /** The names of the file’s or the block’s inputs; none in branches and turns, which see those around them. */
  readonly inputs: ReadonlyMap<string, string | undefined>;
  /** The frame whose names are known here as well. */
  readonly outer: Frame | undefined;
  readonly scope: readonly ScopeStep[];
  /** How it was come to, innermost first. */
  readonly notes: () => readonly string[];
}

export const isDeep = ({ scope }: Frame): boolean => scope.length >= limits.nesting;

/** `scope` is completed by whoever writes out the block. */
export function frameOfBlock(
  frame: Frame,
  step: CheckedUse,
  scope: BlockScope,
  names: Names,
  inputs: Frame['inputs'],
): Frame {
  return {
    prefix: `${scope.name}/`,
    names,
    inputs,
    outer: undefined,
    scope: [...frame.scope, scope],
    notes: () => [
      `in block '${step.name}', used at ${placeOf(step.source, step.path)}${valuesOf(names)}`,
      ...frame.notes(),
    ],
  };
}

const valuesShown = 6;

/** ` with filters = 64, stride = 2` */
function valuesOf(names: Names): string {
  const shown = [...names].slice(0, valuesShown).map(([name, value]) => `${name} = ${describeValue(value)}`);
  if (shown.length === 0) return '';
  return ` with ${shown.join(', ')}${names.size > shown.length ? ', …' : ''}`;
}

export function frameOfBranch(frame: Frame, name: string, branch: number): Frame {
  return {
    ...inside(frame, `${name}/${branch}/`),
    scope: [...frame.scope, { kind: 'parallel', name, branch }],
    notes: frame.notes,
  };
}

export function frameOfTurn(frame: Frame, name: string, index: number, step: CheckedRepeat): Frame {
  const names =
    step.index === undefined ? frame.names : new Map([...frame.names, [step.index, index] as const]);
  return {
    ...inside(frame, `${name}/${index}/`),
    names,
    scope: [...frame.scope, { kind: 'repeat', name, index }],
    notes: () => [`in repeat ${index} of '${name}', ${placeOf(step.source, step.path)}`, ...frame.notes()],
  };
}

function inside(frame: Frame, prefix: string): Pick<Frame, 'prefix' | 'names' | 'inputs' | 'outer'> {
  return { prefix, names: frame.names, inputs: new Map(), outer: frame };
}
