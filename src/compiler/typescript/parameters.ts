/**
 * The parameters of a printed function. Values that all uses of a block share are written into the function. For
 * one that differs, a param of the block is looked for that has it in every use, as `filters` or `filters * 4`;
 * where there is none, the function gets a parameter of its own for it.
 */
import type { Argument } from '../../layers/index.js';
import type { BlockScope, ParamValue } from '../model-graph.js';
import { pascalCase } from './identifiers.js';
import { type Expression, expressionOf, flat } from './layout.js';
import type { TextPiece } from './text.js';

/** A value in one use of the function, which is given by its place in the list of uses. */
export type Entry<Value> = readonly [use: number, value: Value];

export interface Parameter {
  readonly identifier: string;
  readonly type: string;
  /** One a use. */
  readonly values: readonly Argument[];
}

export class Parameters {
  /** What the names of all that the function makes begin with. */
  readonly folder: readonly TextPiece[];
  private readonly name: Parameter | undefined;
  private readonly ofBlock: readonly { readonly name: string; readonly values: readonly ParamValue[] }[];
  private readonly taken = new Map<string, Parameter>();
  private readonly invented: Parameter[] = [];

  /** `identifierFor` gives out identifiers that are free in the function. `scopes` are the uses; one for the model. */
  constructor(
    private readonly scopes: readonly (BlockScope | undefined)[],
    private readonly identifierFor: (name: string) => string,
  ) {
    const folders = scopes.map((scope) => scope?.name ?? '');
    if (scopes.length > 1) {
      this.name = { identifier: identifierFor('name'), type: 'string', values: folders };
      this.folder = [{ code: this.name.identifier }];
    } else this.folder = folders[0] === '' ? [] : [folders[0]!];
    this.ofBlock = Object.keys(scopes[0]?.params ?? {}).map((name) => ({
      name,
      values: scopes.map((scope) => scope?.params[name] as ParamValue),
    }));
  }

  /** Those that are used: the name, then the block's own in their order, then others. */
  get all(): readonly Parameter[] {
    const used = this.ofBlock.flatMap(({ name }) => this.taken.get(name) ?? []);
    return [...(this.name === undefined ? [] : [this.name]), ...used, ...this.invented];
  }

  has(identifier: string): boolean {
    return this.all.some((parameter) => parameter.identifier === identifier);
  }

  /**
   * What stands for a value that is known for some or all uses. `hints` are what it could be called, best first.
   * Undefined where the values are not those of a parameter, and cannot become one.
   */
  express(entries: readonly Entry<Argument>[], hints: readonly string[]): Expression | undefined {
    const first = entries[0]![1];
    if (entries.every(([, value]) => isEqual(value, first))) {
      return this.namesake(entries, hints) ?? expressionOf(first);
    }
    return this.known(entries, hints) ?? this.invent(entries, hints)?.identifier;
  }

  /** The same, but without a parameter that is not there yet. */
  known(entries: readonly Entry<Argument>[], hints: readonly string[]): string | undefined {
    const params = [...this.ofBlock].sort((a, b) => rank(a.name, hints) - rank(b.name, hints));
    for (const { name, values } of params) {
      if (
        entries.every(([use, value]) => Object.is(values[use], value)) &&
        this.reachesAll(values, entries)
      ) {
        return this.take(name).identifier;
      }
    }
    for (const { identifier, values } of this.invented) {
      if (entries.every(([use, value]) => isEqual(values[use]!, value)) && this.reachesAll(values, entries)) {
        return identifier;
      }
    }
    for (const { name, values } of params) {
      const scale = scaleOf(entries.map(([use, value]) => [values[use], value]));
      if (scale !== undefined) return `${this.take(name).identifier} ${scale}`;
    }
    return undefined;
  }

  /**
   * Where only some uses have the value, its being the same in these says little: `strides: stride` is more likely
   * what is meant in `if (stride !== 1)` than `strides: 2`.
   */
  private namesake(entries: readonly Entry<Argument>[], hints: readonly string[]): string | undefined {
    const uses = new Set(entries.map(([use]) => use));
    if (uses.size === this.scopes.length) return undefined;
    const found = this.ofBlock.find(
      ({ name, values }) =>
        hints.some((hint) => hint === name || hint === `${name}s`) &&
        entries.every(([use, value]) => Object.is(values[use], value)) &&
        this.reachesAll(values, entries),
    );
    return found === undefined || new Set(found.values).size === 1
      ? undefined
      : this.take(found.name).identifier;
  }

  /** True in the uses that `present` names and false in the others; `hint` is what is there or not. */
  condition(present: ReadonlySet<number>, hint: string): string {
    const tests = this.ofBlock.flatMap(({ name, values }) => {
      const test = testFor(values, present);
      return test === undefined ? [] : [{ name, test, kinds: new Set(values).size }];
    });
    const best = tests.sort((a, b) => a.kinds - b.kinds)[0];
    if (best !== undefined) return best.test(this.take(best.name).identifier);
    const values = this.scopes.map((_scope, use) => present.has(use));
    const known = this.invented.find((parameter) => isEqual(parameter.values, values));
    return (known ?? this.invent([...values.entries()], [`with_${hint}`])!).identifier;
  }

  private take(name: string): Parameter {
    const known = this.taken.get(name);
    if (known !== undefined) return known;
    const { values } = this.ofBlock.find((param) => param.name === name)!;
    const parameter = { identifier: this.identifierFor(name), type: typeOf(values)!, values };
    this.taken.set(name, parameter);
    return parameter;
  }

  private invent(entries: readonly Entry<Argument>[], hints: readonly string[]): Parameter | undefined {
    const byUse = new Map(entries);
    const consistent = entries.every(([use, value]) => isEqual(byUse.get(use)!, value));
    if (!consistent || byUse.size < this.scopes.length) return undefined;
    const values = this.scopes.map((_scope, use) => byUse.get(use)!);
    const type = typeOf(values);
    if (type === undefined) return undefined;
    const used = new Set(this.all.map(({ identifier }) => pascalCase(identifier)));
    const hint = hints.find((text) => !used.has(pascalCase(text))) ?? hints.at(-1)!;
    const parameter = { identifier: this.identifierFor(hint), type, values };
    this.invented.push(parameter);
    return parameter;
  }

  /** Of texts, the type lists all that there are: where not all can come, the type could be too wide. */
  private reachesAll(values: readonly Argument[], entries: readonly Entry<Argument>[]): boolean {
    if (values.every((value) => typeof value !== 'string')) return true;
    return new Set(values).size === new Set(entries.map(([, value]) => value)).size;
  }
}

function rank(name: string, hints: readonly string[]): number {
  const found = hints.indexOf(name);
  return found === -1 ? hints.length : found;
}

/** `* 4` or `/ 2`, where every value is that multiple of its base. */
function scaleOf(pairs: readonly (readonly [base: unknown, value: Argument])[]): string | undefined {
  const numbers = pairs.flatMap(([base, value]) =>
    typeof base === 'number' && typeof value === 'number' ? [[base, value] as const] : [],
  );
  if (numbers.length < pairs.length) return undefined;
  const [base, value] = numbers[0]!;
  for (const [sign, factor] of [['*', value / base] as const, ['/', base / value] as const]) {
    const sound = Number.isInteger(factor) && factor > 1;
    const scaled = (from: number) => (sign === '*' ? from * factor : from / factor);
    if (sound && numbers.every(([from, to]) => scaled(from) === to)) return `${sign} ${factor}`;
  }
  return undefined;
}

/** Tells the uses in `present` from the others by the value of one param. */
function testFor(
  values: readonly ParamValue[],
  present: ReadonlySet<number>,
): ((identifier: string) => string) | undefined {
  const inside = new Set(values.filter((_value, use) => present.has(use)));
  const outside = new Set(values.filter((_value, use) => !present.has(use)));
  if ([...inside].some((value) => outside.has(value))) return undefined;
  const [one] = inside;
  const [other] = outside;
  if (values.every((value) => typeof value === 'boolean'))
    return (name) => (one === true ? name : `!${name}`);
  if (outside.size === 1) return (name) => `${name} !== ${flat(expressionOf(other as Argument))}`;
  if (inside.size === 1) return (name) => `${name} === ${flat(expressionOf(one as Argument))}`;
  return undefined;
}

/** Wide enough for all of them; undefined where tfjs could not take it. */
function typeOf(values: readonly Argument[]): string | undefined {
  const kinds = new Set(values.map((value) => typeof value));
  if (kinds.size !== 1) return undefined;
  const [kind] = kinds;
  if (kind === 'number' || kind === 'boolean') return kind;
  if (kind === 'string') {
    return [...new Set(values)].map((value) => flat(expressionOf(value))).join(' | ');
  }
  const lists = values.map(numbersIn);
  const length = lists[0]?.length;
  if (length === undefined || lists.some((list) => list?.length !== length)) return undefined;
  return `[${lists[0]!.map(() => 'number').join(', ')}]`;
}

function numbersIn(value: Argument): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list = value as readonly Argument[];
  return list.every((element) => typeof element === 'number') ? list : undefined;
}

export function isEqual(one: Argument, other: Argument): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return Object.is(one, other);
  }
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  const value = (argument: object, key: string) => (argument as Readonly<Record<string, Argument>>)[key]!;
  return keys.length === others.length && keys.every((key) => isEqual(value(one, key), value(other, key)));
}
