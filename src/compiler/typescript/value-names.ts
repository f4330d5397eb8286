/** What the values of a printed function are called: after the layers, as briefly as tells them apart. */
import type { Part } from './bodies.js';
import { identifierSource, pascalCase } from './identifiers.js';
import type { MergedItem, Source } from './merged-items.js';

type Valued = Exclude<MergedItem, { readonly kind: 'option' }>;

/** The identifier of every source, those of the inputs among them. `taken` cannot be used. */
export function valueNames(
  items: readonly MergedItem[],
  inputs: readonly string[],
  taken: readonly string[],
): ReadonlyMap<Source, string> {
  const identifierFor = identifierSource(taken);
  const names = new Map(inputs.map((input, index) => [`input:${index}`, identifierFor(input)]));
  const valued = valuedItems(items);
  const candidates = valued.map(({ key, parts }) => candidatesFor(key, parts));
  const used = new Set([...taken, ...inputs].map(pascalCase));
  const counts = new Map<string, number>();
  for (const candidate of candidates.flat().map(pascalCase)) {
    counts.set(candidate, (counts.get(candidate) ?? 0) + 1);
  }
  for (const [index, { id, kind }] of valued.entries()) {
    const own = candidates[index]!;
    const fits = (candidate: string) =>
      counts.get(pascalCase(candidate)) === 1 && !used.has(pascalCase(candidate));
    names.set(`${kind === 'loop' ? 'loop' : 'item'}:${id}`, identifierFor(own.find(fits) ?? own.at(-1)!));
  }
  return names;
}

/** All that have values, those inside loops and options too. */
function valuedItems(items: readonly MergedItem[]): readonly Valued[] {
  return items.flatMap((item): readonly Valued[] => {
    if (item.kind === 'option') return valuedItems(item.items);
    return item.kind === 'loop' ? [item, ...valuedItems(item.items)] : [item];
  });
}

/** `conv1`, `branch0_conv1`, `parallel_1_branch0_conv1` for `parallel_1/0/conv1`; `stage0_conv1` for `stage/0/conv1`. */
function candidatesFor(key: string, parts: readonly Part[]): readonly string[] {
  const folder = parts.map(({ name, number }) => `${name}/${number}/`).join('');
  const name = key.startsWith(folder) ? key.slice(folder.length) : key;
  const candidates = [name];
  let longest = name;
  for (const part of [...parts].reverse()) {
    const short = `${part.kind}${part.number}`;
    if (/^(parallel|repeat)_\d+$/.test(part.name)) candidates.push(`${short}_${longest}`);
    longest = `${part.name}${/\d$/.test(part.name) ? `_${short}` : part.number}_${longest}`;
    candidates.push(longest);
  }
  return candidates;
}
