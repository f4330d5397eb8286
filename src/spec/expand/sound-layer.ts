/** A layer without its faulty parts, so that the next pass can check what is left. */
import { type SpecPath, sameWord } from '../../diagnostics/index.js';
import type { LayerRegistry } from '../../layers/index.js';
import { isMapping } from '../describe.js';
import type { Fault } from '../fault.js';
import type { SoundLayer } from './checked-steps.js';

/** Keys of a layer's step that are not the layer's own. */
const stepKeys: readonly string[] = ['type', 'name', 'from', 'when'];

/** A layer without the options that it does not have, and as the type that was meant where there is no doubt. */
export function soundLayer(
  value: unknown,
  path: SpecPath,
  faults: readonly Fault[],
  { layers }: LayerRegistry,
): SoundLayer {
  const given = isMapping(value) && typeof value.type === 'string' ? value.type : undefined;
  const type = given === undefined ? undefined : (sameWord(given, layers.keys()) ?? given);
  const definition = type === undefined ? undefined : layers.get(type);
  const unsound = { type, definition, options: undefined };
  if (!isMapping(value) || definition === undefined) return unsound;
  const options = Object.fromEntries(Object.entries(value).filter(([key]) => !stepKeys.includes(key)));
  for (const { code, path: place } of faults) {
    const [key, ...deeper] = place.slice(path.length);
    const isOption = key !== undefined && deeper.length === 0;
    if (isOption && code === 'unknown-option') delete options[key];
    else if (key === undefined || !stepKeys.includes(String(key))) return unsound;
  }
  // One that is there under a wrong name is not reported as missing.
  const complete = (definition.options.required ?? []).every((key) => Object.hasOwn(options, key));
  return complete ? { type, definition, options } : unsound;
}
