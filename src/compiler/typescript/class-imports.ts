/** Layer classes that are not tfjs's: the imports that a printed file needs for them, and what it calls them. */

import type { LayerClass, NewCall } from '../../layers/call.js';
import { type Argument, isCall } from '../../layers/index.js';
import type { ModelGraph } from '../model-graph.js';
import { uniqueNames } from './identifiers.js';

export interface ClassImports {
  /** In the order in which the model uses them. */
  readonly imports: readonly { readonly module: string; readonly names: readonly ClassName[] }[];
  /** What a class is called in the file. */
  readonly localName: LocalName;
}

export type LocalName = (layerClass: Pick<LayerClass, 'module' | 'className'>) => string;

interface ClassName {
  readonly name: string;
  /** Where another class of that name, or something of the file itself, is in its way. */
  readonly alias: string | undefined;
}

/** `taken` are the identifiers that the file uses already. */
export function classImports(graph: ModelGraph, taken: readonly string[]): ClassImports {
  const modules = new Map<string, Map<string, ClassName>>();
  const free = uniqueNames(taken);
  for (const layerClass of graph.nodes.flatMap(({ call }) => classesIn(call))) {
    const { module, className } = layerClass;
    const names = modules.get(module) ?? new Map<string, ClassName>();
    modules.set(module, names);
    if (names.has(className)) continue;
    if (!/^[A-Za-z_$][\w$]*$/.test(className)) throw new Error(`'${className}' cannot be imported`);
    const local = free(className);
    names.set(className, { name: className, alias: local === className ? undefined : local });
  }
  return {
    imports: [...modules].map(([module, names]) => ({ module, names: [...names.values()] })),
    localName({ module, className }) {
      const found = modules.get(module)?.get(className);
      return found?.alias ?? className;
    },
  };
}

function classesIn(argument: Argument | undefined): readonly NewCall[] {
  if (typeof argument !== 'object' || argument === null) return [];
  if (Array.isArray(argument)) return (argument as readonly Argument[]).flatMap(classesIn);
  if (!isCall(argument)) return Object.values(argument as object).flatMap(classesIn);
  const inside = argument.args.flatMap(classesIn);
  return argument.call === 'new' ? [argument, ...inside] : inside;
}
