/** A whole spec around a fragment of one, as the examples of the error reference are: some sections, or layers. */
const sections: Readonly<Record<string, string>> = {
  name: 'name: example',
  input: 'input: [8, 8, 3]',
  layers: 'layers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }',
};

/** What is missing comes first, so that a fragment may end in the middle of something. */
export function wholeSpec(fragment: string): string {
  const body = fragment.startsWith('- ') ? `layers:\n${fragment.replace(/^/gm, '  ')}` : fragment;
  const given = new Set(Array.from(body.matchAll(/^([a-z]+):/gm), ([, key]) => key));
  const missing = Object.entries(sections)
    .filter(([key]) => !given.has(key) && !(key === 'input' && given.has('inputs')))
    .map(([, text]) => text);
  return `${[...missing, body].join('\n')}\n`;
}
