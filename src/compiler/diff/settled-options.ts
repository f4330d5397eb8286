/** Options as they take effect, so that it does not count how they are written. */
import { layers } from '../../layers/index.js';
import type { GraphNode } from '../model-graph.js';

type Options = Readonly<Record<string, unknown>>;

interface OptionSchema {
  readonly default?: unknown;
  readonly anyOf?: readonly { readonly type?: string }[];
}

/** With the default of each option that is left out, and in the shortest form: `5` for `[5, 5]`. In tfjs's order. */
export function settledOptions({ type, options }: GraphNode): Options {
  const schemas = (layers.get(type)?.options.properties ?? {}) as Readonly<Record<string, OptionSchema>>;
  const defaults = Object.entries(schemas).map(([name, schema]) => [name, schema.default]);
  const settled: Record<string, unknown> = { ...Object.fromEntries(defaults), ...options };
  // A pooling without strides takes as large steps as its windows are.
  if ('poolSize' in schemas) settled.strides ??= settled.poolSize;
  return Object.fromEntries(
    Object.entries(settled)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, shortForm(value, schemas[name])]),
  );
}

function shortForm(value: unknown, schema: OptionSchema | undefined): unknown {
  if (Array.isArray(value) && schema?.anyOf?.some(({ type }) => type === 'integer' || type === 'number')) {
    const [first, ...others] = value.flat();
    return others.every((other) => other === first) ? first : value;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { type, ...others } = value as { readonly type?: unknown };
    return typeof type === 'string' && Object.keys(others).length === 0 ? type : value;
  }
  return value;
}

export function sameValue(one: unknown, other: unknown): boolean {
  return one === other || stableText(one) === stableText(other);
}

/** JSON in which the order of keys does not count. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
