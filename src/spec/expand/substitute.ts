/** Values with expressions in them, and what becomes of them once the names have values. */
import type { SpecPath } from '../../diagnostics/index.js';
import { describeValue, isMapping } from '../describe.js';
import type { Fault } from '../fault.js';
import { limits } from '../limits.js';
import { attempt, expressionFault, type Templates } from './check-templates.js';
import type { Names } from './evaluate.js';
import { ExpressionError, namesIn, type ParamValue } from './expression.js';
import { evaluateTemplate, holdsExpression } from './template.js';

export interface Substituted {
  /** The value itself where there is nothing to compute in it. Undefined parts have faults. */
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** Where the undefined parts are. */
  readonly undefinedAt: readonly SpecPath[];
}

/** The value with all its expressions computed. What cannot be read has been reported, and is no fault again. */
export function substitute(value: unknown, path: SpecPath, names: Names, templates: Templates): Substituted {
  const faults: Fault[] = [];
  const undefinedAt: SpecPath[] = [];
  const computeText = (text: string, place: SpecPath): unknown => {
    if (faults.length >= limits.faults) return undefined;
    const result = compute(text, names, templates);
    if (!(result instanceof ExpressionError)) return result;
    if (result.code === 'impossible-arithmetic') {
      const where = whereNote(text, names, templates);
      faults.push({
        ...expressionFault(result, text, place),
        ...(where === '' ? {} : { notes: [where.trimStart()] }),
      });
    }
    return undefined;
  };
  const visit = (part: unknown, place: SpecPath): unknown => {
    if (holdsExpression(part)) {
      const computed = computeText(part, place);
      if (computed === undefined) undefinedAt.push(place);
      return computed;
    }
    if (Array.isArray(part)) return mapKept(part, (item, index) => visit(item, [...place, index]));
    if (!isMapping(part)) return part;
    const entries = Object.entries(part);
    const inside = mapKept(entries, (entry) => {
      const computed = visit(entry[1], [...place, entry[0]]);
      return computed === entry[1] ? entry : ([entry[0], computed] as [string, unknown]);
    });
    return inside === entries ? part : Object.fromEntries(inside);
  };
  return { value: visit(value, path), faults, undefinedAt };
}

/** The list itself where nothing of it changes. */
function mapKept<Item>(list: Item[], change: (item: Item, index: number) => Item): Item[] {
  const changed = list.map(change);
  return changed.every((item, index) => item === list[index]) ? list : changed;
}

function compute(text: string, names: Names, templates: Templates): ParamValue | ExpressionError {
  const template = templates.get(text);
  return template instanceof ExpressionError ? template : attempt(() => evaluateTemplate(template, names));
}

/** `${filters * 2} is 128 with filters = 64`, for the notes of what is wrong with the result. */
export function evaluationNote(text: string, names: Names, templates: Templates): string | undefined {
  const result = compute(text, names, templates);
  if (result instanceof ExpressionError) return undefined;
  const where = isPlain(text, templates) ? '' : whereNote(text, names, templates);
  return `${text} is ${describeValue(result)}${where}`;
}

/** Nothing but one name: its value says it all. */
function isPlain(text: string, templates: Templates): boolean {
  const template = templates.get(text);
  if (template instanceof ExpressionError || template.parts.length !== 1) return false;
  const [part] = template.parts;
  return typeof part === 'object' && part.expression.kind === 'name';
}

function whereNote(text: string, names: Names, templates: Templates): string {
  const template = templates.get(text);
  if (template instanceof ExpressionError) return '';
  const used = template.parts.flatMap((part) => (typeof part === 'string' ? [] : namesIn(part.expression)));
  const known = [...new Set(used.map(({ name }) => name))].filter((name) => names.has(name));
  const shown = known.map((name) => `${name} = ${describeValue(names.get(name))}`);
  return shown.length === 0 ? '' : ` with ${shown.join(', ')}`;
}
