/**
 * The standalone target: a WebAssembly module that predicts and trains by itself, and TypeScript that loads it in Node,
 * a browser or a worker and needs no other package. The module carries the weights that it starts with as a safetensors
 * file in a section of its own, so that there is one file to ship, and the program stays the same when they change.
 */
import { createHash } from 'node:crypto';
import { SpecError } from '../../diagnostics/index.js';
import { version as ownVersion } from '../../version.js';
import type { ModelGraph } from '../model-graph.js';
import { uncoveredLayers } from '../program/forward-pass.js';
import { lowerProgram } from '../program/lower-program.js';
import { formatSafetensors, type NamedArray } from '../safetensors.js';
import { headerComment } from '../typescript/comments.js';
import { commentText, quote } from '../typescript/text.js';
import { assembleWat } from './assemble.js';
import { withCustomSection } from './custom-section.js';
import { programModule } from './program-module.js';
import { layoutText, loaderText } from './standalone/loader-layout.js';
import { loaderNames } from './standalone/loader-names.js';
import { loaderRuntime, programKey, weightsSection } from './standalone/loader-runtime.js';
import { typesText } from './standalone/loader-types.js';
import { moduleFacts } from './standalone/module-facts.js';

export interface EmitWasmOptions {
  /** What the module will be called, without its folder: `lenet5.wasm`, after the model, where it is left out. */
  readonly fileName?: string;
  /** Examples of the largest training step; the spec's batch size where it is left out. */
  readonly batchSize?: number;
  /** Leaves out what the spec says of training: a smaller program that needs less memory. */
  readonly predictOnly?: boolean;
  /** What bytes are multiplied by on their way in; 1/255 where it is left out. */
  readonly byteScale?: number;
  /** Of the data that the weights were trained on; those of the spec's data set where they are left out. */
  readonly classNames?: readonly string[];
  /** Which version of speccc the loader names; this one where it is left out. */
  readonly version?: string;
}

export interface StandaloneModule {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** TypeScript that loads it: the same for all weights. */
  readonly loader: string;
  /** Of the module without its weights. */
  readonly programBytes: number;
  readonly weightBytes: number;
  /** What a loaded model takes. */
  readonly memoryBytes: number;
}

/**
 * Compiles a graph into a module that starts with the weights given, which are all of the model's, by the names of
 * checkpoints.
 *
 * @throws SpecError where the compiled engine does not cover a layer
 */
export async function emitWasm(
  graph: ModelGraph,
  weights: readonly NamedArray[],
  options: EmitWasmOptions = {},
): Promise<StandaloneModule> {
  const { program, generated } = generate(graph, options);
  const bytes = await assembleWat(generated.text);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const initial = program.weights.map(({ name }) => {
    const weight = byName.get(name);
    if (weight === undefined) throw new Error(`no values for the weight '${name}'`);
    return weight;
  });
  const file = formatSafetensors(initial, { model: graph.name, [programKey]: digest });
  const names = loaderNames(graph, options.fileName ?? `${graph.name}.wasm`);
  const facts = moduleFacts(graph, program, generated.manifest, options);
  const does =
    facts.train === undefined
      ? 'it predicts, and holds its weights'
      : 'it predicts, trains, and holds the weights that it starts with';
  const header = headerComment(graph, options.version ?? ownVersion, {
    flags: flagsOf(options),
    beside: names.moduleFile,
    about: `${names.moduleFile} is the whole model: ${does}. This file loads it in Node, in a browser or in a worker, and needs no other package:`,
    example: [
      `const model = await ${names.loader}(new URL(${quote(names.moduleFile)}, import.meta.url));`,
      `const outputs = model.predict(${names.noun}s);`,
    ],
  });
  return {
    wasm: withCustomSection(bytes, weightsSection, file),
    loader: [
      header,
      ...typesText(graph, facts, names),
      loaderText(facts, names),
      layoutText(graph, facts, names, digest),
      loaderRuntime,
    ].join('\n\n'),
    programBytes: bytes.length,
    weightBytes: file.length,
    memoryBytes: generated.manifest.bytes,
  };
}

const flagsOf = ({ batchSize, predictOnly }: EmitWasmOptions) =>
  [
    '--target wasm',
    ...(batchSize === undefined ? [] : [`--batch ${batchSize}`]),
    ...(predictOnly ? ['--predict-only'] : []),
  ].join(' ');

/**
 * The text of the module, for people: without weights.
 *
 * @throws SpecError where the compiled engine does not cover a layer
 */
export function emitWat(
  graph: ModelGraph,
  options: Pick<EmitWasmOptions, 'batchSize' | 'predictOnly' | 'version'> = {},
): string {
  const header = `;; ${commentText(graph.name)}\n;; Generated by speccc ${options.version ?? ownVersion}`;
  return `${header}\n${indented(generate(graph, options).generated.text)}`;
}

function generate(graph: ModelGraph, { batchSize, predictOnly }: EmitWasmOptions) {
  const uncovered = uncoveredLayers(graph);
  if (uncovered.length > 0) throw new SpecError(uncovered, graph.source.files);
  const program = lowerProgram(predictOnly ? { ...graph, training: undefined } : graph);
  const generated = programModule(program, {
    batchSize: batchSize ?? graph.training?.batchSize ?? 1,
    shared: false,
    relaxed: false,
  });
  return { program, generated };
}

/** A line for each form as the generator writes them, indented by the forms that are open. */
function indented(text: string): string {
  let depth = 0;
  const lines = text.split('\n').map((line) => {
    const closing = /^\)*/.exec(line)![0].length;
    const code = line.replace(/;;.*|"(?:[^"\\]|\\.)*"/g, '');
    const shown = '  '.repeat(Math.max(depth - closing, 0)) + line;
    depth += code.split('(').length - code.split(')').length;
    return shown;
  });
  return `${lines.join('\n')}\n`;
}
