/** Options that hold a layer or a cell: `layer: { type: lstm, units: 8 }`. */
import { type TSchema, Type } from './type.js';

/** A layer inside another one, as written in a spec: it has no name, no `from` and no `when`. */
export interface NestedLayer {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Where the published schema keeps what a nested layer may be. */
export const nestedRefs = { layer: '#/$defs/nestedLayer', cell: '#/$defs/cell' } as const;

/**
 * The schema of such an option: a bare `$ref` to a union that the registry makes, since the schema of layers is part
 * of itself here. Whoever uses schemas of single layers must know both refs: `#/$defs/nestedLayer` stands for the
 * union (`oneOf`, discriminated by `type`) over `registry.layers` with one input, `#/$defs/cell` for the one over
 * `registry.cells`. Each branch is the kind's `options` with `type` added, and without `name`.
 */
export function nestedLayer(kind: 'layer' | 'cell', options: { readonly description: string }) {
  return Type.Unsafe<NestedLayer>({ $ref: nestedRefs[kind], ...options } as TSchema);
}
