/**
 * A thing chosen by name, with or without options of its own: `kernelInitializer: heNormal`, or
 * `kernelInitializer: { type: truncatedNormal, stddev: 0.05 }`. A family of them is one table, from which its
 * schema, its checks and its lowering are derived.
 */

import type { Argument, Call } from './call.js';
import { strictObject } from './options.js';
import type { Shape } from './shape.js';
import { type TProperties, Type } from './type.js';

export type ChoiceOptions = Readonly<Record<string, Argument>>;

/** As written in a spec. */
export type NamedChoice = string | ({ readonly type: string } & ChoiceOptions);

export interface ChoiceKind {
  readonly summary: string;
  readonly options: TProperties;
  /** Why it cannot serve a weight of this shape, as it reads after its name: `needs a square matrix, but …`. */
  problem?(options: ChoiceOptions, shape: Shape): string | undefined;
  /** Its options as tfjs wants them, where that is not as the spec has them. */
  lower?(options: ChoiceOptions): ChoiceOptions;
}

export interface ChoiceFamily {
  /** Where tfjs keeps its functions. */
  readonly namespace: 'initializers' | 'regularizers' | 'constraints';
  readonly kinds: Readonly<Record<string, ChoiceKind>>;
}

/**
 * The schema of an option whose value is one of `kinds`. The bare name is enough for kinds without required
 * options. ajv discriminates only where each branch itself has the property as a constant, so `type` is in each.
 */
function choiceSchema<Value>(
  kinds: Readonly<Record<string, { readonly summary: string; readonly options: TProperties }>>,
  options: object,
) {
  const branches = Object.entries(kinds).map(([type, kind]) =>
    strictObject({ type: Type.Literal(type), ...kind.options }, { description: kind.summary }),
  );
  const bare = branches.filter(({ required }) => required?.length === 1);
  return Type.Unsafe<Value>({
    anyOf: [
      { type: 'string', enum: bare.map(({ properties }) => properties.type.const) },
      { type: 'object', discriminator: { propertyName: 'type' }, oneOf: branches },
    ],
    ...options,
  });
}

export const familySchema = (family: ChoiceFamily, options: object) =>
  Type.Optional(choiceSchema<NamedChoice>(family.kinds, options));

function resolve(family: ChoiceFamily, value: NamedChoice) {
  const { type, ...options } = typeof value === 'string' ? { type: value } : value;
  const kind = family.kinds[type];
  if (kind === undefined) throw new Error(`no ${family.namespace} '${type}'`);
  return { type, kind, options: options as ChoiceOptions };
}

/** The choice's name, and all its options: those that the value leaves out have tfjs's defaults. */
export function settleChoice(family: ChoiceFamily, value: NamedChoice) {
  const { type, kind, options } = resolve(family, value);
  const defaults = Object.entries(kind.options).flatMap(([name, schema]) =>
    'default' in schema ? [[name, schema.default as Argument] as const] : [],
  );
  return { type, options: { ...Object.fromEntries(defaults), ...options } as ChoiceOptions };
}

/** Why the choice cannot serve a weight of this shape, with its name: `identity needs …`. */
export function choiceProblem(family: ChoiceFamily, value: NamedChoice, shape: Shape): string | undefined {
  const { type, kind, options } = resolve(family, value);
  const problem = kind.problem?.(options, shape);
  return problem === undefined ? undefined : `${type} ${problem}`;
}

/** True where the choice has this option: `takesOption(initializers, 'zeros', 'seed')` is false. */
export function takesOption(family: ChoiceFamily, value: NamedChoice, option: string): boolean {
  return option in resolve(family, value).kind.options;
}

/** `tf.initializers.truncatedNormal({ stddev: 0.05, seed: 7 })`; `extra` gives way to what the spec says. */
export function lowerChoice(family: ChoiceFamily, value: NamedChoice, extra: ChoiceOptions = {}): Call {
  const { type, kind, options } = resolve(family, value);
  const all = { ...extra, ...options };
  const lowered = kind.lower?.(all) ?? all;
  const inOrder = Object.keys(kind.options)
    .filter((name) => name in lowered)
    .map((name) => [name, lowered[name]!] as const);
  const takesNothing = Object.keys(kind.options).length === 0;
  return {
    call: `tf.${family.namespace}.${type}`,
    args: takesNothing ? [] : [Object.fromEntries(inOrder)],
  };
}
