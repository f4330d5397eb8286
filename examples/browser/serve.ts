/**
 * LeNet-5 learns CIFAR-10 in a browser tab: `npm run example:browser`. Compiles the spec to a WebAssembly program,
 * loads the data set (from the cache, or fetches it), and serves the page to this machine alone.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { compileSpec, loadDataset, SpecccError } from '../../src/index.js';
import { openSite } from './site.js';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    /** How many images of each, for small devices; all where they are left out. */
    train: { type: 'string', default: 'Infinity' },
    validation: { type: 'string', default: 'Infinity' },
  },
});

try {
  const file = 'specs/lenet5.yaml';
  const graph = compileSpec(await readFile(new URL(`../../${file}`, import.meta.url), 'utf8'), file);
  console.log('loading CIFAR-10 …');
  const dataset = await loadDataset(graph.training!.dataset, {
    inputShape: graph.inputs[0]!.shape,
    seed: graph.seed,
  });
  const site = await openSite(graph, dataset, {
    port: numberOf('port'),
    train: numberOf('train'),
    validation: numberOf('validation'),
  });
  console.log(`${site.url}   (Ctrl-C ends it)`);
} catch (error) {
  const hints = error instanceof SpecccError ? error.hints : [];
  console.error([(error as Error).message, ...hints].join('\n  '));
  process.exitCode = 1;
}

function numberOf(name: keyof typeof options): number {
  const value = Number(options[name]);
  if (value >= 1) return value;
  throw new Error(`'--${name}': expected a number of at least 1, found '${options[name]}'`);
}
