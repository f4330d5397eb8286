/** What is wrong with keys of steps, beyond what their schemas say: names, and the params of blocks. */
import { formatPath, type SpecPath } from '../../diagnostics/index.js';
import { describeValue, listOf } from '../describe.js';
import { type Fault, hinted } from '../fault.js';
import { limits } from '../limits.js';
import { didYouMean, nearest } from '../suggest.js';
import type { CheckedBlock, Mapping } from './checked-steps.js';
import { kindFault, paramKinds } from './param-kinds.js';
import { holdsExpression } from './template.js';

/** What every step may have; these can never be params of a block. */
export const stepKeys: readonly string[] = ['name', 'from', 'when'];

/** A key that belongs beside `parallel`, and not to the layer that joins its branches. */
export const unknownOfMerge = (key: string, path: SpecPath): Fault => ({
  code: 'unknown-option',
  path: [...path, key],
  at: 'key',
  message: `what joins branches has no option '${key}'`,
  hint: "write it beside 'parallel'",
});

/** What the pattern of names does not say. */
export function nameFaults(name: unknown, path: SpecPath): readonly Fault[] {
  if (typeof name !== 'string' || holdsExpression(name)) return [];
  const fault = (code: Fault['code'], message: string, hint?: string): Fault => ({
    code,
    path,
    at: 'value',
    message: `${formatPath(path)}: ${message}`,
    ...hinted(hint),
  });
  if (name === 'input') {
    return [
      fault('invalid-name', "'input' is the name of the model’s or the block’s input", 'choose another name'),
    ];
  }
  return name.split('/').some((part) => part.length > limits.nameLength)
    ? [
        fault(
          'out-of-range',
          `expected at most ${limits.nameLength} characters, found ${describeValue(name)}`,
        ),
      ]
    : [];
}

/** Params that a block does not have, or needs, or that are of another kind than its defaults. */
export function paramFaults(
  { name, params }: CheckedBlock,
  value: Mapping,
  given: readonly string[],
  path: SpecPath,
): readonly Fault[] {
  const known = params.map((param) => param.name);
  const unknown = given.filter((key) => !known.includes(key));
  const meant = new Set(unknown.map((key) => nearest(key, known)));
  return [
    ...unknown.map((key): Fault => {
      const listed = known.length === 0 ? 'it has no params' : `its params are ${listOf(known, 'and')}`;
      return {
        code: 'unknown-option',
        path: [...path, key],
        at: 'key',
        message: `the block '${name}' has no param '${key.length > 40 ? `${key.slice(0, 39)}…` : key}'`,
        hint: didYouMean(key, [...known, ...stepKeys]) ?? listed,
      };
    }),
    ...params.flatMap((param): Fault[] => {
      const place = [...path, param.name];
      if (Object.hasOwn(value, param.name)) {
        const fault = kindFault(value[param.name], paramKinds(param.value), place, `the block '${name}'`);
        return fault === undefined ? [] : [fault];
      }
      if (param.value !== undefined || meant.has(param.name)) return [];
      return [
        { code: 'missing-option', path, at: 'inside', message: `the block '${name}' needs '${param.name}'` },
      ];
    }),
  ];
}
