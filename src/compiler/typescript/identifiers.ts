/**
 * Names of a spec as identifiers: `my-net_v2` makes `createMyNetV2`, a layer `class` the constant `class_2`.
 * Only ASCII letters and digits are used, since look-alike or invisible letters deceive readers.
 */

/** What a constant of a strict module cannot be called, and globals that it would hide. */
const reserved = [
  'arguments await break case catch class const continue debugger default delete do else enum eval export',
  'extends false finally for function if implements import in instanceof interface let new null package',
  'private protected public return static super switch this throw true try typeof undefined var void while with yield',
  'any as async boolean never number object string symbol type unknown NaN Infinity globalThis',
].flatMap((line) => line.split(' '));

/** For use after a prefix: `lenet5` → `Lenet5`; `Model` where no letter or digit is left. */
export function pascalCase(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .match(/[A-Za-z0-9]+/g) ?? ['model'];
  return words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

/** `conv_block-1` → `convBlock1`; capitals at the start are one word: `C1` → `c1`, `LSTM` → `lstm`. */
function camelCase(name: string): string {
  return pascalCase(name).replace(/^([A-Z]+(?![a-z])|[A-Z])/, (start) => start.toLowerCase());
}

/** Gives out an identifier for each name, none of them twice, reserved or `taken`. */
export function identifierSource(taken: readonly string[]): (name: string) => string {
  const free = uniqueNames(taken);
  return (name) => {
    const camel = camelCase(name);
    return free(/^\d/.test(camel) ? `_${camel}` : camel);
  };
}

/** Gives out each identifier as it is, or with a number where it is reserved, `taken` or given out already. */
export function uniqueNames(taken: readonly string[]): (identifier: string) => string {
  const used = new Set([...reserved, ...taken]);
  return (base) => {
    let identifier = base;
    for (let count = 2; used.has(identifier); count++) identifier = `${base}_${count}`;
    used.add(identifier);
    return identifier;
  };
}
