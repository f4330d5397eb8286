/** What the guide to engines and the architecture say of the program of LeNet-5. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compileSpec, emitWat } from '../../src/compiler/index.js';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

it('its text has the functions that the pages name', () => {
  const text = emitWat(compileSpec(read('specs/lenet5.yaml'), 'specs/lenet5.yaml'));
  const names = ['docs/engines.md', 'docs/architecture.md'].flatMap((page) =>
    Array.from(read(page).matchAll(/`\$?((?:train|k\d+)_\w+)`/g), ([, name]) => name!),
  );
  expect(new Set(names)).toEqual(new Set(['train_piece', 'train_finish', 'k2_convolveTiles']));
  for (const name of names) expect(text).toContain(`(func $${name} `);
});
