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
    port: Number(options.port),
    train: Number(options.train),
    validation: Number(options.validation),
  });
  console.log(`${site.url}   (Ctrl-C ends it)`);
} catch (error) {
  if (!(error instanceof SpecccError)) throw error;
  console.error([error.message, ...error.hints].join('\n  '));
  process.exitCode = 1;
}
