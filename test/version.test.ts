import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../src/version.js';

test('the version in the source is the version of the package', async () => {
  const manifest = await readFile(join(import.meta.dirname, '../package.json'), 'utf8');
  expect(version).toBe((JSON.parse(manifest) as { version: string }).version);
});
