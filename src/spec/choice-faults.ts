/** A value where one of several kinds can stand, told apart by a name or a `type`: which kind it is, or why none. */
import { formatPath, type SpecPath, sameWord } from '../diagnostics/index.js';
import type { Choice } from './choices.js';
import { describeValue, isMapping, type JsonSchema, listOf } from './describe.js';
import { type Fault, hinted, isStepPath, unknownValue } from './fault.js';
import { layerElsewhere } from './hints.js';
import { didYouMean, nearest } from './suggest.js';

/**
 * The branch to check the value by; nothing where a bare name says it all. Where a type is wrong in its case or its
 * separators only, there are both: what was meant is known, so the rest of the value can be checked as well.
 */
export function chooseBranch(
  { branches, bare, of }: Choice,
  value: unknown,
  path: SpecPath,
): { readonly branch?: JsonSchema; readonly fault?: Fault } {
  const types = [...branches.keys()];
  const name = formatPath(path);
  if (typeof value === 'string' && bare !== undefined) {
    return bare.includes(value) ? {} : { fault: wrongName(value, branches, path, name) };
  }
  if (!isMapping(value)) return { fault: notAMapping(value, types, bare !== undefined, path, name) };
  if (!Object.hasOwn(value, 'type')) return { fault: withoutType(value, types, path, name) };
  const { type } = value;
  if (typeof type === 'string' && branches.has(type)) return { branch: branches.get(type)! };
  const fault = wrongType(type, types, path, name, of);
  const meant = typeof type === 'string' ? sameWord(type, types) : undefined;
  return meant === undefined ? { fault } : { fault, branch: branches.get(meant)! };
}

function wrongName(value: string, branches: Choice['branches'], path: SpecPath, name: string): Fault {
  const branch = branches.get(value);
  if (branch === undefined) return unknownValue(value, [...branches.keys()], path, name);
  const needs = (branch.required ?? []).filter((key) => key !== 'type').map((key) => `${key}: …`);
  return {
    code: 'missing-option',
    path,
    at: 'value',
    message: `${name}: '${value}' cannot do without options`,
    hint: `write { type: ${value}, ${needs.join(', ')} }`,
  };
}

function notAMapping(
  value: unknown,
  types: readonly string[],
  takesName: boolean,
  path: SpecPath,
  name: string,
): Fault {
  const near = typeof value === 'string' ? nearest(value, types) : undefined;
  const hint =
    near === undefined
      ? typeof value === 'string'
        ? layerElsewhere(value, types)
        : undefined
      : `write { type: ${near} }`;
  const what = takesName ? "a name, or a mapping with a 'type'" : "a mapping with a 'type'";
  const message = `${name}: expected ${what}, found ${describeValue(value)}`;
  return { code: 'wrong-type', path, at: 'value', message, structural: !takesName, ...hinted(hint) };
}

function withoutType(
  value: Readonly<Record<string, unknown>>,
  types: readonly string[],
  path: SpecPath,
  name: string,
): Fault {
  const keys = Object.keys(value);
  const glued = keys.find((key) => /^type:./.test(key));
  const near = keys.find((key) => nearest(key, ['type']) !== undefined);
  const known = types.length > 12 ? '' : `: ${listOf(types, 'or')}`;
  const fault: Fault = {
    code: 'missing-option',
    path,
    at: 'inside',
    message: `${name} needs a 'type'${isStepPath(path) ? ", or 'use', 'parallel' or 'repeat'" : known}`,
  };
  if (glued !== undefined) {
    return { ...fault, path: [...path, glued], at: 'key', hint: `write '${glued.replace(':', ': ')}'` };
  }
  return near === undefined
    ? fault
    : { ...fault, path: [...path, near], at: 'key', hint: `did you mean 'type' by '${near}'?` };
}

function wrongType(
  type: unknown,
  types: readonly string[],
  path: SpecPath,
  name: string,
  of: Choice['of'],
): Fault {
  const typePath = [...path, 'type'];
  if (typeof type !== 'string') {
    const what = of === undefined ? 'a name' : of === 'cell' ? 'a cell type' : 'a layer type';
    const message = `${name}.type: expected ${what}, found ${describeValue(type)}`;
    return { code: 'wrong-type', path: typePath, at: 'value', message };
  }
  if (of === undefined) return unknownValue(type, types, typePath, `${name}.type`);
  const messages = {
    layer: `there is no layer type ${describeValue(type)}`,
    'nested layer': `there is no layer type ${describeValue(type)} to stand inside another layer`,
    cell: `there is no cell type ${describeValue(type)}`,
  };
  return {
    code: 'unknown-layer-type',
    path: typePath,
    at: 'value',
    message: messages[of],
    ...hinted(typeHint(type, types, of)),
  };
}

function typeHint(type: string, types: readonly string[], of: Choice['of']): string | undefined {
  if (of === 'cell' && types.includes(`${type}Cell`)) return `did you mean '${type}Cell'?`;
  const near = layerElsewhere(type, types) ?? didYouMean(type, types);
  return near ?? (of === 'nested layer' ? undefined : `the types are ${listOf(types, 'and')}`);
}
