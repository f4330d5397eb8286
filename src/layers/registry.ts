/** Registries of layer kinds: the built-in one, and what becomes of it when a user adds kinds. */
import { SpecccError } from '../diagnostics/index.js';
import type { LayerDefinition, SingleDefinition } from './layer-definition.js';

/** Never changed once made. */
export interface LayerRegistry {
  /** The kinds of steps that a model may have, by their type, in the order of the reference. */
  readonly layers: ReadonlyMap<string, LayerDefinition>;
  /** The kinds of cells, which stand in options of recurrent layers only. */
  readonly cells: ReadonlyMap<string, SingleDefinition>;
  /** The files that kinds of a user's own were read from, where `loadLayers` read them. */
  readonly modules?: readonly string[];
}

/** A kind, or a function that makes it for kinds that look up other kinds. */
export type LayerSource = LayerDefinition | ((registry: LayerRegistry) => LayerDefinition);

/**
 * A registry of these kinds. Kinds that hold others find them in this very registry, whatever their order.
 *
 * @throws SpecccError `invalid-layer-definition` where two kinds have one type, or a type is not a name.
 */
export function registryOf(sources: readonly LayerSource[]): LayerRegistry {
  const layers = new Map<string, LayerDefinition>();
  const cells = new Map<string, SingleDefinition>();
  const registry = { layers, cells };
  for (const source of sources) {
    const definition = typeof source === 'function' ? source(registry) : source;
    const { type } = definition;
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(type)) {
      throw invalid(
        `a layer cannot have the type ${JSON.stringify(type)}`,
        'use letters and digits, a letter first',
      );
    }
    if (layers.has(type) || cells.has(type)) {
      throw invalid(
        `there are two layers of the type '${type}'`,
        'give yours another type; built-in ones cannot be replaced',
      );
    }
    if (definition.role === 'cell') cells.set(type, definition);
    else layers.set(type, definition);
  }
  return registry;
}

/** Says so where a kind of a user's own could not be made, or not be imported by a printed model. */
export function checkImplementations(
  { layers, cells }: LayerRegistry,
  { layers: builtInLayers, cells: builtInCells }: LayerRegistry,
): void {
  for (const { type, implementation } of [...layers.values(), ...cells.values()]) {
    if (builtInLayers.has(type) || builtInCells.has(type)) continue;
    if (implementation === undefined) {
      throw invalid(
        `the layer '${type}' needs an implementation`,
        'say which class makes it, and who exports it',
      );
    }
    const { className } = implementation;
    if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(className)) {
      throw invalid(
        `nobody can import ${JSON.stringify(className)}, the class of the layer '${type}'`,
        'give the name under which its module exports it',
      );
    }
  }
}

const invalid = (message: string, hint: string) =>
  new SpecccError('invalid-layer-definition', message, { hints: [hint] });
