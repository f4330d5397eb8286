/** Fetches as `speccc data fetch cifar10` does, from a small world: `node fetch-cifar10.js WORLD.json CACHE`. */
import { readFile } from 'node:fs/promises';
import { fetchCifar10, type World } from '../../../src/runtime/datasets/cifar10/cifar10.js';

const [worldFile, cacheFolder] = process.argv.slice(2) as [string, string];
const world = JSON.parse(await readFile(worldFile, 'utf8')) as World;
const print = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);
print({ phase: 'begin' });
print(await fetchCifar10({ cacheFolder, onProgress: print }, world));
