/** What a printed function does, before it has names for its values. */
import type { Shape } from '../../layers/index.js';
import type { GraphNode } from '../model-graph.js';
import type { Part } from './bodies.js';
import type { CallExpression, Expression } from './layout.js';

/**
 * Where a value comes from, as a text:
 *
 *     input:0                 the function's first input
 *     item:conv1              an item of the function
 *     item:stage/*\/conv1      an item of a loop's body
 *     loop:stage              what a loop carries from turn to turn, and leaves in the end
 */
export type Source = string;

export type MergedItem = MergedLayer | MergedUse | MergedLoop | MergedOption;

interface Valued {
  /** Unique in the function; `item:` and this is the source of its value. */
  readonly id: string;
  readonly key: string;
  readonly parts: readonly Part[];
  /** The nodes that it makes, of all bodies. */
  readonly nodes: readonly GraphNode[];
  /** Of its value in the last body. */
  readonly shape: Shape;
  readonly inputs: readonly Source[];
}

export interface MergedLayer extends Valued {
  readonly kind: 'layer';
  readonly call: CallExpression;
}

export interface MergedUse extends Valued {
  readonly kind: 'use';
  readonly callee: string;
  /** What the function is told beside its inputs. */
  readonly options: Expression | undefined;
}

export interface MergedLoop extends Omit<Valued, 'inputs'> {
  readonly kind: 'loop';
  readonly index: string;
  readonly count: string;
  /** Undefined in a sequential model, where each layer follows the one before it. */
  readonly carried: { readonly initial: Source; readonly result: Source } | undefined;
  readonly items: readonly MergedItem[];
}

/** Items that only some bodies have. */
export interface MergedOption {
  readonly kind: 'option';
  readonly condition: string;
  readonly items: readonly MergedItem[];
  /** Values that are used further on, by the ids of their items, and what stands for them where the items are not. */
  readonly joined: ReadonlyMap<string, Source>;
}
