import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as folders from '../../../src/runtime/cache-folder.js';
import { cachedModule } from '../../../src/runtime/compiled-engine/module-cache.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
  vi.spyOn(folders, 'cacheFolder').mockReturnValue(join(root, 'speccc'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

const folder = () => join(root, 'speccc/modules');
const bytes = Uint8Array.of(0, 97, 115, 109);
const assembler = () => vi.fn(async () => bytes);

test('a module is assembled once', async () => {
  const assemble = assembler();
  expect(await cachedModule('(module)', assemble)).toEqual(bytes);
  expect(new Uint8Array(await cachedModule('(module)', assemble))).toEqual(bytes);
  expect(assemble).toHaveBeenCalledTimes(1);
  await cachedModule('(module (memory 1))', assemble);
  expect(assemble).toHaveBeenCalledTimes(2);
});

test.each([
  ['a bit is another', (file: Buffer) => file.with(file.length - 1, file.at(-1)! ^ 1)],
  ['the end is missing', (file: Buffer) => file.subarray(0, -1)],
  ['nothing is left', () => Buffer.of()],
])('one of which %s is made again', async (_how, damage) => {
  const assemble = assembler();
  await cachedModule('(module)', assemble);
  const [name] = await readdir(folder());
  const file = join(folder(), name!);
  await writeFile(file, damage(await readFile(file)));
  expect(await cachedModule('(module)', assemble)).toEqual(bytes);
  expect(assemble).toHaveBeenCalledTimes(2);
  await cachedModule('(module)', assemble);
  expect(assemble).toHaveBeenCalledTimes(2);
});

test('the latest hundred are kept', async () => {
  const assemble = assembler();
  await cachedModule('first', assemble);
  for (const name of await readdir(folder())) await utimes(join(folder(), name), 1, 1);
  for (let index = 0; index < 100; index += 1) await cachedModule(`${index}`, assemble);
  expect(await readdir(folder())).toHaveLength(100);
  await cachedModule('0', assemble);
  expect(assemble).toHaveBeenCalledTimes(101);
  await cachedModule('first', assemble);
  expect(assemble).toHaveBeenCalledTimes(102);
});

test('where nothing can be written, it only takes its time', async () => {
  await writeFile(join(root, 'speccc'), 'a file, where a folder should be');
  expect(await cachedModule('(module)', assembler())).toEqual(bytes);
});
