/** What the page is made of, in memory: files, programs with their types stripped, the module, and the data. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import ts from 'typescript';
import { type Dataset, type Examples, emitWasm, type ModelGraph } from '../../src/index.js';
import { modelWeights } from '../../src/runtime/model-weights.js';
import type { SiteFacts } from './page/messages.js';

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** At most so many images of each. */
  readonly train: number;
  readonly validation: number;
}

interface Served {
  readonly type: string;
  readonly content: string | Uint8Array;
}

const programs = ['page', 'worker', 'charts', 'pictures', 'messages', 'gallery'];

/** The page is for specs named `lenet5`, whose loader it imports, with byte images of the data set. */
export async function openSite(graph: ModelGraph, dataset: Dataset, options: SiteOptions): Promise<Site> {
  const files = await filesOf(graph, dataset, options);
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': Buffer.byteLength(file.content),
      // Nothing from elsewhere, and no code but the files of this folder.
      'content-security-policy':
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:",
    });
    response.end(file.content);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function filesOf(
  graph: ModelGraph,
  dataset: Dataset,
  options: SiteOptions,
): Promise<ReadonlyMap<string, Served>> {
  const { weights } = await modelWeights(graph, undefined);
  const { wasm, loader, programBytes } = await emitWasm(graph, weights);
  const train = packed(dataset.train, options.train);
  const validation = packed(dataset.validation, options.validation);
  const facts: SiteFacts = {
    dataset: dataset.name,
    synthetic: dataset.synthetic,
    train: train.count,
    validation: validation.count,
    batchSize: graph.training!.batchSize,
    classNames: dataset.classNames,
    parameters: weights.reduce((sum, { values }) => sum + values.length, 0),
    programBytes,
    spec: graph.source.text.replace(/^#.*\n/, ''),
  };
  const text = (name: string) => readFile(new URL(`page/${name}`, import.meta.url), 'utf8');
  const javaScript = (source: string): Served => ({ type: 'text/javascript', content: stripped(source) });
  const entries: (readonly [string, Served])[] = [
    ['/', { type: 'text/html; charset=utf-8', content: await text('index.html') }],
    ['/style.css', { type: 'text/css', content: await text('style.css') }],
    ['/icon.svg', { type: 'image/svg+xml', content: await text('icon.svg') }],
    ['/lenet5.js', javaScript(loader)],
    ['/lenet5.wasm', { type: 'application/wasm', content: wasm }],
    ['/facts.json', { type: 'application/json', content: JSON.stringify(facts) }],
    ['/train.bin', { type: 'application/octet-stream', content: train.bytes }],
    ['/validation.bin', { type: 'application/octet-stream', content: validation.bytes }],
  ];
  for (const name of programs) entries.push([`/${name}.js`, javaScript(await text(`${name}.ts`))]);
  return new Map(entries);
}

/** The labels, a byte each, then the images. */
function packed(examples: Examples, most: number): { readonly count: number; readonly bytes: Uint8Array } {
  const { values, labels } = examples;
  if (!(values instanceof Uint8Array)) throw new Error('the page is for images of bytes');
  const count = Math.min(examples.count, most);
  const size = values.length / examples.count;
  const bytes = new Uint8Array(count * (1 + size));
  bytes.set(labels.subarray(0, count));
  bytes.set(values.subarray(0, count * size), count);
  return { count, bytes };
}

const stripped = (source: string): string =>
  ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  }).outputText;
