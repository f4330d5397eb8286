/** The README shows what is there: LeNet-5's spec, its drawing, and pages and pictures that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compileSpec, drawGraph } from '../../src/compiler/index.js';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const readme = read('README.md');
const spec = read('specs/lenet5.yaml');

it("shows LeNet-5's spec as it is", () => {
  const [, shown] = /```yaml\n# specs\/lenet5\.yaml\n([^`]*)```/.exec(readme)!;
  expect(shown).toBe(spec.replace(/^# yaml-language-server.*\n/, ''));
});

it('shows the drawing that speccc makes of it, and its curves', () => {
  expect(readme).toContain('src="docs/lenet5.svg"');
  expect(read('docs/lenet5.svg')).toBe(drawGraph(compileSpec(spec, 'specs/lenet5.yaml'), { format: 'svg' }));
  expect(readme).toContain('(docs/curves.png)');
});

it('leads to files that are there', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)|src="([^"]+)"/g)].map(
    ([, link, source]) => link ?? source!,
  );
  expect(links.length).toBeGreaterThan(10);
  for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
});
