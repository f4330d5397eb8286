/**
 * The calls that make one layer in several uses of a block, as one expression: what they share is written out,
 * what differs becomes a parameter.
 */
import { type Argument, type Call, isCall } from '../../layers/index.js';
import { deriveSeed } from '../../layers/seed.js';
import type { GraphNode } from '../model-graph.js';
import type { LocalName } from './class-imports.js';
import {
  type CallExpression,
  callExpression,
  type Expression,
  expressionOf,
  keyText,
  type ObjectEntry,
} from './layout.js';
import { NotMergeable } from './not-mergeable.js';
import { type Entry, isEqual, type Parameters } from './parameters.js';
import { type TextPiece, textOf } from './text.js';

/** One layer in one use of the function. */
export interface LayerUse {
  readonly use: number;
  readonly node: GraphNode;
  readonly call: Call;
}

export interface ArgumentContext {
  readonly parameters: Parameters;
  readonly localName: LocalName;
  /** Undefined where seeds are written out. */
  readonly seeds:
    | { readonly ofSpec: number; note(layer: string, entry: readonly [weight: string, seed: number]): void }
    | undefined;
  /** What the layer's name consists of, in every use. */
  readonly name: readonly TextPiece[];
  /** What a parameter for the layer alone is called after. */
  readonly hint: string;
}

/** @throws NotMergeable where the calls have not the same structure. */
export function mergeCalls(uses: readonly LayerUse[], context: ArgumentContext): CallExpression {
  return new Merge(uses, context).call(
    uses.map(({ call }) => call),
    [],
  );
}

class Merge {
  constructor(
    private readonly uses: readonly LayerUse[],
    private readonly context: ArgumentContext,
  ) {}

  call(calls: readonly Call[], path: readonly string[]): CallExpression {
    const [first] = calls as readonly [Call];
    const { callee, args } = callExpression({ ...first, args: [] }, this.context.localName);
    const same = calls.every(
      (call) =>
        callExpression({ ...call, args: [] }, this.context.localName).callee === callee &&
        call.args.length === first.args.length,
    );
    if (!same) throw new NotMergeable();
    // What a call without options is written like is the matter of `callExpression`.
    if (first.args.length === 0 || calls.every(({ args }) => isEqual(args, [{}]))) {
      return callExpression(first, this.context.localName);
    }
    return {
      kind: 'call',
      callee,
      args: [
        ...args,
        ...first.args.map((_arg, index) =>
          this.argument(
            calls.map((call) => call.args[index]!),
            path,
          ),
        ),
      ],
    };
  }

  private argument(values: readonly Argument[], path: readonly string[]): Expression {
    const [first] = values as readonly [Argument];
    if (typeof first !== 'object' || first === null) return this.leaf(values, path);
    if (isCall(first)) {
      if (!values.every((value) => typeof value === 'object' && value !== null && isCall(value)))
        throw new NotMergeable();
      return this.call(values as readonly Call[], path);
    }
    return isList(first) ? this.list(values, path) : this.object(values, path);
  }

  private list(values: readonly Argument[], path: readonly string[]): Expression {
    const [first] = values as readonly (readonly Argument[])[];
    if (values.every((value) => isEqual(value, first!)) && !holdsCalls(first!)) return expressionOf(first!);
    const { length } = first!;
    if (first!.includes(null)) throw new NotMergeable();
    if (!values.every((value) => isList(value) && value.length === length)) throw new NotMergeable();
    const lists = values as readonly (readonly Argument[])[];
    const plain = lists.every((list) => list.every((element) => typeof element === 'number'));
    const elements = Array.from({ length }, (_, index) => lists.map((list) => list[index]!));
    if (!plain) {
      return {
        kind: 'array',
        elements: elements.map((list, index) => this.argument(list, [...path, String(index)])),
      };
    }
    const known = elements.map((list) =>
      list.every((value) => Object.is(value, list[0]))
        ? expressionOf(list[0]!)
        : this.context.parameters.known(this.entries(list), this.hints(path)),
    );
    if (known.every((element) => element !== undefined)) return { kind: 'array', elements: known };
    return this.leaf(values, path);
  }

  private object(values: readonly Argument[], path: readonly string[]): Expression {
    const objects = values.map((value) => {
      if (typeof value !== 'object' || value === null || isList(value) || isCall(value))
        throw new NotMergeable();
      return Object.entries(value).filter((entry): entry is [string, Argument] => entry[1] !== undefined);
    });
    const keys = objects[0]!.map(([key]) => key);
    const maps = objects.map((entries) => new Map(entries));
    if (maps.some((map) => map.size !== keys.length || keys.some((key) => !map.has(key))))
      throw new NotMergeable();
    const entries = keys.map((key): ObjectEntry => {
      const list = maps.map((map) => map.get(key)!);
      const isName = path.length === 0 && key === 'name';
      const named = isName && list.every((value, index) => value === this.uses[index]!.node.name);
      const value = named
        ? textOf(this.context.name)
        : (this.seed(list, path, key) ?? this.argument(list, [...path, key]));
      return value === key && this.context.parameters.has(key) ? [key] : [keyText(key), value];
    });
    return { kind: 'object', entries };
  }

  /** A seed that speccc has drawn, by the name of its weight. */
  private seed(values: readonly Argument[], path: readonly string[], key: string): string | undefined {
    const { seeds, name } = this.context;
    if (key !== 'seed' || seeds === undefined || path.length === 0) return undefined;
    const role = path.join('.');
    const derived = this.uses.every(
      ({ node }, index) => values[index] === deriveSeed(seeds.ofSpec, node.name, role),
    );
    if (!derived) return undefined;
    const weight = `/${role.replace(/Initializer$/, '')}`;
    for (const [index, { node }] of this.uses.entries()) {
      seeds.note(node.name, [node.name + weight, values[index] as number]);
    }
    return `seedOf(${textOf([...name, weight])})`;
  }

  private leaf(values: readonly Argument[], path: readonly string[]): Expression {
    const kind = typeof values[0];
    if (values.some((value) => typeof value !== kind || isList(value) !== isList(values[0]!)))
      throw new NotMergeable();
    const found = this.context.parameters.express(this.entries(values), this.hints(path));
    if (found === undefined) throw new NotMergeable();
    return found;
  }

  private entries(values: readonly Argument[]): readonly Entry<Argument>[] {
    return values.map((value, index) => [this.uses[index]!.use, value]);
  }

  private hints(path: readonly string[]): readonly string[] {
    const key = path.findLast((step) => !/^\d/.test(step)) ?? 'value';
    return [key, `${this.context.hint}_${key}`];
  }
}

function isList(argument: Argument): argument is readonly Argument[] {
  return Array.isArray(argument);
}

function holdsCalls(argument: Argument): boolean {
  if (typeof argument !== 'object' || argument === null) return false;
  return (
    isCall(argument) || Object.values(argument).some((value) => value !== undefined && holdsCalls(value))
  );
}
