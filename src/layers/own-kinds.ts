/** Kinds that users write: where one of their functions fails, that is told as a fault of it, not as one of speccc. */
import { codes, SpecccError } from '../diagnostics/index.js';
import type { LayerDefinition } from './layer-definition.js';
import type { LayerSource } from './registry.js';

type Function = (...args: unknown[]) => unknown;

/** The same kind, whose functions throw SpecccErrors with the code `invalid-layer-definition` and no others. */
export function guarded(source: LayerSource): LayerSource {
  return typeof source === 'function' ? (registry) => guardedKind(source(registry)) : guardedKind(source);
}

function guardedKind(kind: LayerDefinition): LayerDefinition {
  const guardedFunctions = Object.entries(kind)
    .filter((entry): entry is [string, Function] => typeof entry[1] === 'function')
    .map(([name, work]) => [name, guardedFunction(`'${name}' of the layer '${kind.type}'`, name, work)]);
  return { ...kind, ...Object.fromEntries(guardedFunctions) };
}

function guardedFunction(title: string, name: string, work: Function): Function {
  return function (this: unknown, ...args) {
    let result: unknown;
    try {
      result = work.apply(this, args);
    } catch (error) {
      if (error instanceof SpecccError) throw error;
      throw invalid(`${title} fails: ${(error as Error).message}`, error);
    }
    if (name !== 'outputShape' || isShape(result) || isProblemOfOurs(result)) return result;
    throw invalid(`${title} gives ${JSON.stringify(result)}, which is neither a shape nor a problem`);
  };
}

const isShape = (value: unknown): boolean =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size > 0);

/** A code that is not in the table has no page, and decides no exit code. */
function isProblemOfOurs(value: unknown): boolean {
  const { code, message } = (value ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === 'string' && Object.hasOwn(codes, code) && typeof message === 'string';
}

const invalid = (message: string, cause?: unknown) =>
  new SpecccError('invalid-layer-definition', message, { cause });
