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
  const { value, faults, undefinedAt } = substitute(written, path, names, templates);
  if (undefinedAt.length > 0) {
    // What they are has been reported: as faults without words, so that nothing else is said of them.
    const broken = undefinedAt.map(
      (place): Fault => ({
        code: 'invalid-expression',
        path: place,
        at: 'value',
        message: '',
      }),
    );
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

function valueAt(value: unknown, path: Fault['path']): unknown {
  return path.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null
        ? (part as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    value,
  );
}
