/** Names of a saved model as a spec may have them: Keras allows more characters, and uses some for itself. */
import { limits } from '../../spec/limits.js';

/** What a spec calls its input where that has no name of its own. */
export const reservedName = 'input';

/** The name, as near as a spec can have it; `hyphens` where those are allowed. */
export function plainName(name: string, instead: string, hyphens = false): string {
  const plain = name
    .replace(hyphens ? /[^A-Za-z0-9_-]+/g : /[^A-Za-z0-9_]+/g, '_')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, limits.nameLength);
  return plain === '' ? instead : plain;
}

/** Hands out names, each once. */
export class NameRegister {
  private readonly taken = new Set<string>([reservedName]);
  private readonly counts = new Map<string, number>();

  has(name: string): boolean {
    return this.taken.has(name);
  }

  /** The wanted name, or with a number behind it where that is gone. */
  take(wanted: string): string {
    let name = wanted;
    while (this.taken.has(name)) {
      const count = (this.counts.get(wanted) ?? 1) + 1;
      this.counts.set(wanted, count);
      const ending = `_${count}`;
      name = wanted.slice(0, limits.nameLength - ending.length) + ending;
    }
    this.taken.add(name);
    return name;
  }
}

/** `recurrent_activation` → `recurrentActivation`; what is written that way already stays. */
export function camelCase(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Names that tfjs and Keras make up for inputs, which say nothing. */
export const isMadeUpInput = (name: string) => /^(?:input(?:_?\d+|_layer(?:_\d+)?)?|.*_input)$/.test(name);
