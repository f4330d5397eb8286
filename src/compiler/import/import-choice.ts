/** Initializers, regularizers and constraints: from a saved class and config to a name, or a name with options. */

import type { SpecPath } from '../../diagnostics/index.js';
import type { NamedChoice } from '../../layers/named-choice.js';
import type { Choice } from '../../spec/choices.js';
import { describeValue, type JsonSchema } from '../../spec/describe.js';
import type { Findings } from './findings.js';
import { camelCase } from './names.js';
import { plainNumber } from './plain-number.js';
import { type Dialect, type Mapping, savedObject } from './saved-model.js';

export interface ChoiceContext {
  readonly findings: Findings;
  readonly dialect: Dialect;
  /** How messages name the layer. */
  readonly label: string;
  readonly path: SpecPath;
  /** The seed that the spec derives by itself where it has none here. */
  readonly derivedSeed: number;
}

type Options = Readonly<Record<string, unknown>>;

/** Undefined where there is none, or none that a spec has; then `findings` say so. */
export function importChoice(
  choice: Choice,
  value: unknown,
  context: ChoiceContext,
): NamedChoice | undefined {
  if (value === null || value === undefined) return undefined;
  const { findings, label, path } = context;
  const saved = typeof value === 'string' ? { className: value, config: {} } : savedObject(value, path);
  if (saved === undefined) {
    findings.damaged(path, `${label}: expected a class and its config, found ${describeValue(value)}`);
    return undefined;
  }
  const simple = simplify(saved.className, withoutNothing(saved.config), context.dialect);
  const type = nameIn(choice.branches.keys(), simple.className);
  if (type === undefined) {
    findings.cannot(
      path,
      `${label}: TensorFlow.js has no ${familyOf(path)} ${describeValue(saved.className)}`,
    );
    return undefined;
  }
  const options = importOptions(choice.branches.get(type)!, simple.config, type, context);
  const isBare = Object.keys(options).length === 0 && choice.bare?.includes(type);
  return isBare ? type : ({ type, ...options } as NamedChoice);
}

/** `kernel_initializer` → `initializer` */
const familyOf = (path: SpecPath) =>
  /initializer|regularizer|constraint/.exec(String(path.at(-1)))?.[0] ?? 'choice';

const withoutNothing = (config: Mapping): Options =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));

/** Names that do not only differ in capitals and underscores. */
const aliases: Readonly<Record<string, string>> = {
  normal: 'randomNormal',
  one: 'ones',
  uniform: 'randomUniform',
  zero: 'zeros',
};

const letters = (name: string) => name.toLowerCase().replaceAll('_', '');

function nameIn(names: Iterable<string>, className: string): string | undefined {
  const wanted = letters(Object.hasOwn(aliases, className) ? aliases[className]! : className);
  return [...names].find((name) => letters(name) === wanted);
}

/** What the named scalings are short for; saved by tfjs in full. */
const scalings: readonly (readonly [name: string, scale: number, mode: string, distribution: string])[] = [
  ['glorotNormal', 1, 'fanAvg', 'normal'],
  ['glorotUniform', 1, 'fanAvg', 'uniform'],
  ['heNormal', 2, 'fanIn', 'normal'],
  ['heUniform', 2, 'fanIn', 'uniform'],
  ['leCunNormal', 1, 'fanIn', 'normal'],
  ['leCunUniform', 1, 'fanIn', 'uniform'],
];

/** A general class with the options of a particular one, as that one. */
function simplify(
  className: string,
  config: Options,
  dialect: Dialect,
): { readonly className: string; readonly config: Options } {
  switch (letters(className)) {
    case 'l1l2': {
      const { l1 = 0, l2 = 0 } = config;
      if (l2 === 0) return { className: 'l1', config: { l1 } };
      return l1 === 0 ? { className: 'l2', config: { l2 } } : { className, config };
    }
    case 'variancescaling': {
      const { scale = 1, mode = 'fan_in', distribution = 'normal', ...others } = config;
      const by = typeof mode === 'string' ? camelCase(mode) : mode;
      const from = distributionOf(distribution, dialect);
      const named = scalings.find((known) => known[1] === scale && known[2] === by && known[3] === from);
      return named === undefined
        ? { className, config: { ...others, scale, mode: by, distribution: from } }
        : { className: named[0], config: others };
    }
    default:
      return { className, config };
  }
}

/** What Keras calls `truncated_normal` is `normal` in tfjs, which draws uniformly where it is told the longer word. */
function distributionOf(value: unknown, dialect: Dialect): unknown {
  if (value === 'truncated_normal') return dialect === 'tfjs' ? 'uniform' : 'normal';
  return typeof value === 'string' ? camelCase(value) : value;
}

function importOptions(branch: JsonSchema, config: Options, type: string, context: ChoiceContext): Options {
  const { findings, label, path } = context;
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    const name = camelCase(key);
    const schema = name === 'type' ? undefined : branch.properties?.[name];
    if (schema === undefined) {
      if (value !== false)
        findings.cannot([...path, 'config', key], `${label}: ${type} has no option ${describeValue(key)}`);
      continue;
    }
    const plain = name === 'seed' ? seedOf(value, context) : plainNumber(value, context.dialect);
    if (plain !== undefined && plain !== schema.default) options[name] = plain;
  }
  const inOrder = Object.keys(branch.properties ?? {}).filter((name) => Object.hasOwn(options, name));
  return Object.fromEntries(inOrder.map((name) => [name, options[name]]));
}

/** Undefined where the spec derives this one, or tfjs takes it for none. */
export function seedOf(value: unknown, { derivedSeed, findings, label }: ChoiceContext): unknown {
  if (value === derivedSeed) return undefined;
  if (!Number.isInteger(value)) return value;
  if ((value as number) >= 1 && (value as number) <= 2147483647) return value;
  findings.note(`seed ${value} is none for TensorFlow.js, and is left out`, label);
  return undefined;
}
