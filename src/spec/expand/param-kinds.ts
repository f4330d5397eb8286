/** What params can be: numbers, text and truth values, and of the kind of their default where they have one. */
import type { SpecPath } from '../../diagnostics/index.js';
import { describeValue, listOf } from '../describe.js';
import type { Fault } from '../fault.js';
import { holdsExpression } from './template.js';

type Kind = 'number' | 'string' | 'boolean';

const words: Readonly<Record<Kind, string>> = {
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
};

/** The kinds of value that a param with this default takes. */
export function paramKinds(value: unknown): readonly Kind[] {
  const kind = typeof value;
  if (holdsExpression(value) || !Object.hasOwn(words, kind)) return ['number', 'string', 'boolean'];
  return [kind as Kind];
}

/** For a value of another kind; `owner` says whose param it is. Nothing for what is not computed yet. */
export function kindFault(
  value: unknown,
  kinds: readonly Kind[],
  path: SpecPath,
  owner: string,
): Fault | undefined {
  if (holdsExpression(value) || kinds.some((kind) => typeof value === kind)) return undefined;
  const name = String(path[path.length - 1]);
  const wanted = listOf(
    kinds.map((kind) => words[kind]),
    'or',
  );
  return {
    code: 'wrong-type',
    path,
    at: 'value',
    message: `${owner}: expected ${wanted} for '${name}', found ${describeValue(value)}`,
  };
}
