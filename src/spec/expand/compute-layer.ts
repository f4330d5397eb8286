/** A layer whose options hold expressions, with their values: checked as one that was written so. */
import { checkValue } from '../check-value.js';
import type { Fault } from '../fault.js';
import type { Language } from '../language.js';
import type { Templates } from './check-templates.js';
import type { CheckedLayer, SoundLayer } from './checked-steps.js';
import type { Names } from './evaluate.js';
import { soundLayer } from './sound-layer.js';
import { evaluationNote, substitute } from './substitute.js';
import { holdsExpression } from './template.js';

export interface ComputedLayer {
  readonly sound: SoundLayer;
  /** Those that only the values show. */
  readonly faults: readonly Fault[];
}

/** Keys that are computed and checked by themselves. */
const others: readonly string[] = ['name', 'from', 'when'];

export function computeLayer(
  step: CheckedLayer,
  names: Names,
  templates: Templates,
  { layer, merge, registry }: Language,
): ComputedLayer {
  const { path, joins } = step;
  const written = Object.fromEntries(Object.entries(step.value).filter(([key]) => !others.includes(key)));
  const { value, faults } = substitute(written, path, names, templates);
  const broken = unreadable(written, value, path);
  if (broken.length > 0) {
    return { sound: soundLayer(value, path, [...step.faults, ...broken], registry), faults };
  }
  const known = new Set(step.faults.map(placeOf));
  const found = checkValue(joins ? merge : layer, value, path).filter((fault) => !known.has(placeOf(fault)));
  const explained = found.map((fault): Fault => {
    const text = valueAt(written, fault.path.slice(path.length));
    const note = holdsExpression(text) ? evaluationNote(text, names, templates) : undefined;
    return note === undefined ? fault : { ...fault, notes: [note] };
  });
  return { sound: soundLayer(value, path, [...step.faults, ...explained], registry), faults: explained };
}

const placeOf = ({ path, at }: Fault) => JSON.stringify([path, at === 'key']);

/** Parts without a value, which has been reported: as faults, so that nothing else is said of them. */
function unreadable(written: unknown, value: unknown, path: Fault['path']): readonly Fault[] {
  if (holdsExpression(written)) {
    return value === undefined ? [{ code: 'invalid-expression', path, at: 'value', message: '' }] : [];
  }
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written).flatMap(([key, part]) => {
    const step = Array.isArray(written) ? Number(key) : key;
    return unreadable(part, (value as Readonly<Record<string, unknown>>)[key], [...path, step]);
  });
}

function valueAt(value: unknown, path: Fault['path']): unknown {
  return path.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null
        ? (part as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    value,
  );
}
