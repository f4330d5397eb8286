/**
 * Layers of a user's own: read from the modules that export them, and written down in the runs that use them. A run
 * only says where they were. Whoever opens it names the module again, since a run folder is data, which may come
 * from anywhere, and must not decide what code is run.
 */
import { existsSync } from 'node:fs';
import { extname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModelGraph } from '../compiler/model-graph.js';
import { SpecccError } from '../diagnostics/index.js';
import {
  type Argument,
  createRegistry,
  isCall,
  type LayerDefinition,
  type LayerRegistry,
  type LayerSource,
} from '../layers/index.js';

/**
 * A registry of the built-in kinds and those of these JavaScript modules: every kind that a module exports, and
 * every one in a list that it exports. In a list may also be kinds that hold others, which are functions of the
 * registry. Paths start at the current folder. The modules are run.
 *
 * @throws SpecccError 'layers-not-loaded', 'invalid-layer-definition'
 */
export async function loadLayers(files: readonly string[]): Promise<LayerRegistry> {
  const sources: LayerSource[] = [];
  for (const file of files) sources.push(...(await readKinds(file)));
  return { ...createRegistry([...new Set(sources)]), modules: files.map((file) => resolve(file)) };
}

async function readKinds(file: string): Promise<readonly LayerSource[]> {
  if (!existsSync(file)) throw notLoaded(`there is no file ${file}`);
  const exported: Readonly<Record<string, unknown>> = await import(pathToFileURL(resolve(file)).href).catch(
    (error: Error) => {
      throw notLoaded(`${file} cannot be loaded: ${firstLine(error)}`, hintFor(file, error), error);
    },
  );
  const kinds = Object.values(exported).flatMap((value) =>
    Array.isArray(value)
      ? value.filter((item) => typeof item === 'function' || isDefinition(item))
      : isDefinition(value)
        ? [value]
        : [],
  );
  if (kinds.length > 0) return kinds;
  throw notLoaded(`${file} exports no layers`, 'export what defineLayer returns');
}

function isDefinition(value: unknown): value is LayerDefinition {
  const { type, role, lower, outputShape } = (value ?? {}) as Partial<LayerDefinition>;
  return (
    typeof type === 'string' &&
    (role === 'layer' || role === 'cell') &&
    typeof lower === 'function' &&
    typeof outputShape === 'function'
  );
}

const firstLine = ({ message }: Error) => message.split('\n')[0]!;

function hintFor(file: string, error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /^\.[cm]?ts$/.test(extname(file))) {
    return 'this Node does not run TypeScript: compile the module, and name the file that comes out';
  }
  if (code === 'ERR_MODULE_NOT_FOUND' && /'speccc|'@tensorflow/.test(error.message)) {
    return 'install speccc in the project of the module, which brings @tensorflow/tfjs with it, and run that speccc';
  }
  return undefined;
}

function notLoaded(message: string, hint?: string, cause?: Error): SpecccError {
  return new SpecccError('layers-not-loaded', message, {
    hints: hint === undefined ? [] : [hint],
    ...(cause && { cause }),
  });
}

/** As a run's record has it. */
export interface OwnLayers {
  /** Names of the classes that the model is made of, besides those of tfjs. */
  readonly classes: readonly string[];
  /** The files that they were read from, seen from the run folder. Empty where a program brought them along. */
  readonly modules: readonly string[];
}

/** Undefined where the graph has layers of tfjs alone. */
export function ownLayersOf(
  graph: ModelGraph,
  registry: LayerRegistry | undefined,
  folder: string,
): OwnLayers | undefined {
  const classes = [...new Set(graph.nodes.flatMap(({ call }) => classesIn(call)))];
  if (classes.length === 0) return undefined;
  return { classes, modules: registry?.modules?.map((module) => relative(folder, module)) ?? [] };
}

function classesIn(argument: Argument): readonly string[] {
  if (typeof argument !== 'object' || argument === null) return [];
  const own = isCall(argument) && argument.call === 'new' ? [argument.className] : [];
  return [...own, ...(Object.values(argument) as Argument[]).flatMap(classesIn)];
}

/** Says what a run needs that was opened without it. */
export function layersMissing({ classes, modules }: OwnLayers, folder: string): SpecccError {
  const files = modules.map((module) => relative('', resolve(folder, module)));
  const gone = files.filter((file) => !existsSync(file));
  const are = classes.length === 1 ? 'is not built in' : 'are not built in';
  return new SpecccError(
    'layers-missing',
    `the run ${folder} has layers of ${classes.join(', ')}, which ${are}`,
    {
      hints: [
        files.length === 0
          ? 'give the registry that it was trained with, or name a module that has them with --layers'
          : `add ${files.map((file) => `--layers ${file}`).join(' ')}`,
        ...gone.map((file) => `${file}, where they were, is gone: name the place where they are now`),
      ],
    },
  );
}
