/**
 * Which functions a printed model consists of: one for each block, which the uses of the block call, and one for
 * the model. A block whose uses differ too much for one function gets several.
 */
import { type Argument, isCall } from '../../layers/index.js';
import { modelCalls } from '../model-calls.js';
import type { BlockScope, ModelGraph } from '../model-graph.js';
import { type Body, unrolledItems } from './bodies.js';
import type { LocalName } from './class-imports.js';
import { identifierSource, pascalCase, uniqueNames } from './identifiers.js';
import { mergeBodies } from './merge-bodies.js';
import type { MergedItem, Source } from './merged-items.js';
import { NotMergeable } from './not-mergeable.js';
import { orderedBlocks } from './ordered-blocks.js';
import { type Parameter, Parameters } from './parameters.js';
import { localSources, type PlacedBody } from './sources.js';

export interface PlannedFunction {
  readonly parameters: readonly Parameter[];
  readonly items: readonly MergedItem[];
  /** What it returns; none in a sequential model, to which it adds layers. */
  readonly outputs: readonly Source[];
  /** Identifiers that its values cannot have. */
  readonly taken: readonly string[];
}

export interface BlockFunction extends PlannedFunction {
  readonly name: string;
  /** Of the interface of its options. */
  readonly optionsType: string;
  /** The uses. */
  readonly scopes: readonly BlockScope[];
}

export interface FunctionPlan {
  readonly form: 'sequential' | 'functional';
  /** Callees first. */
  readonly blocks: readonly BlockFunction[];
  readonly model: PlannedFunction;
  /** By the names of their weights; undefined where they are written out. */
  readonly seeds: ReadonlyMap<string, number> | undefined;
  /** Whether a layer asks `inputOf` for the model's input shape. */
  readonly asksForInput: boolean;
}

/** What a printed file may define beside the functions of blocks. */
export const helperNames = ['seedOf', 'seeds', 'inputOf'];

/** So many repeats are found one by one to be no loops; then all are unrolled. */
const mostAttempts = 16;

/** `taken` are the identifiers that the file uses already. */
export function planFunctions(
  graph: ModelGraph,
  localName: LocalName,
  taken: readonly string[],
): FunctionPlan {
  const { body, blocks } = orderedBlocks(graph);
  const planner = new Planner(
    graph,
    localName,
    [...taken, ...helperNames],
    blocks.map(({ name }) => name),
  );
  for (const { name, uses } of blocks) {
    planner.addBlock(
      name,
      uses.map(({ body, scope }) => ({ body, scope, inputs: scope.inputs, outputs: [scope.output] })),
    );
  }
  return planner.plan(body);
}

/** One time that something is made. */
interface Making {
  readonly body: Body;
  /** Undefined for the model. */
  readonly scope: BlockScope | undefined;
  /** Names of the values that it is given, and of those that it gives. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

type SeedEntry = readonly [weight: string, seed: number];

interface Written extends PlannedFunction {
  /** By the layers of the weights. */
  readonly seeds: ReadonlyMap<string, readonly SeedEntry[]>;
  readonly asksForInput: boolean;
}

class Planner {
  private readonly blocks: (BlockFunction & Written)[] = [];
  private readonly callees = new Map<Body, BlockFunction & { readonly use: number }>();
  private readonly form: FunctionPlan['form'];
  private readonly free: (identifier: string) => string;
  private readonly bases: ReadonlyMap<string, string>;

  constructor(
    private readonly graph: ModelGraph,
    private readonly localName: LocalName,
    private readonly taken: readonly string[],
    blocks: readonly string[],
  ) {
    this.form = modelCalls(graph).form;
    this.free = uniqueNames(taken);
    const source = identifierSource(taken);
    this.bases = new Map(
      blocks.map((block) => [block, this.form === 'sequential' ? `add${pascalCase(block)}` : source(block)]),
    );
  }

  addBlock(block: string, makings: readonly Making[]): void {
    const all = this.attempt(makings);
    if (all !== undefined) {
      this.addFunction(block, makings, all);
      return;
    }
    const alike = new Map<string, Making[]>();
    for (const making of makings) {
      const structure = this.structure(making);
      const known = alike.get(structure);
      if (known === undefined) alike.set(structure, [making]);
      else known.push(making);
    }
    for (const group of alike.values()) {
      const common = this.attempt(group);
      if (common !== undefined) this.addFunction(block, group, common);
      else for (const making of group) this.addFunction(block, [making], this.write([making]));
    }
  }

  plan(body: Body): FunctionPlan {
    const { inputs, outputs } = this.graph;
    const making = { body, scope: undefined, inputs: inputs.map(({ name }) => name), outputs };
    const model = this.write([making]);
    const written = [...this.blocks, model];
    const plain = this.blocks.length === 0 && model.items.every(({ kind }) => kind !== 'loop');
    return {
      form: this.form,
      blocks: this.blocks,
      model: plain ? this.write([making], false) : model,
      seeds: plain ? undefined : new Map(seedsInOrder(this.graph, written)),
      asksForInput: written.some(({ asksForInput }) => asksForInput),
    };
  }

  private addFunction(block: string, makings: readonly Making[], written: Written): void {
    const name = this.free(this.bases.get(block)!);
    const options = `${pascalCase(block)}Options`.replace(/^(?=\d)/, '_');
    const scopes = makings.flatMap(({ scope }) => scope ?? []);
    const callee = { ...written, name, optionsType: this.free(options), scopes };
    this.blocks.push(callee);
    for (const [use, { body }] of makings.entries()) this.callees.set(body, { ...callee, use });
  }

  private attempt(makings: readonly Making[]): Written | undefined {
    try {
      return this.write(makings);
    } catch (error) {
      if (error instanceof NotMergeable) return undefined;
      throw error;
    }
  }

  private write(makings: readonly Making[], seedsByName = true): Written {
    const unrolled = new Set<string>();
    let all = false;
    for (;;) {
      try {
        return this.writeOnce(makings, (repeat) => all || unrolled.has(repeat), seedsByName);
      } catch (error) {
        if (!(error instanceof NotMergeable) || all) throw error;
        if (error.repeat === undefined || unrolled.size >= mostAttempts) all = true;
        else unrolled.add(error.repeat);
      }
    }
  }

  private writeOnce(
    makings: readonly Making[],
    isUnrolled: (repeat: string) => boolean,
    seedsByName: boolean,
  ): Written {
    const reserved = [...this.taken, ...this.bases.values(), ...this.blocks.map(({ name }) => name), 'model'];
    const identifierFor = identifierSource(reserved);
    const parameters = new Parameters(
      makings.map(({ scope }) => scope),
      identifierFor,
    );
    const sequential = this.form === 'sequential';
    const indices: string[] = [];
    const seeds = new Map<string, SeedEntry[]>();
    let asksForInput = false;
    const placed = makings.map((making, use): PlacedBody => {
      const locals = sequential ? undefined : localSources(making.body, '', isUnrolled);
      const given = (name: string) =>
        making.inputs.flatMap((input, index) => (input === name ? [`input:${index}`] : []));
      const resolve = (name: string) => locals?.get(name) ?? given(name);
      return { body: making.body, use, turn: 0, around: undefined, resolve };
    });
    const { items, sources } = mergeBodies(
      {
        parameters,
        localName: this.localName,
        seeds: seedsByName
          ? {
              ofSpec: this.graph.seed,
              note: (layer, entry) => seeds.set(layer, [...(seeds.get(layer) ?? []), entry]),
            }
          : undefined,
        sequential,
        isUnrolled,
        functionFor: (body) => this.callees.get(body)!,
        indexFor(depth) {
          indices[depth - 1] ??= identifierFor('index');
          return indices[depth - 1]!;
        },
        inputShape(alone) {
          if (!alone) asksForInput = true;
          return alone ? ['inputShape', '[...inputShape]'] : ['...inputOf(model)'];
        },
      },
      placed,
      '',
      parameters.folder,
    );
    const lengths = new Set(makings.map(({ inputs }) => inputs.length));
    if (lengths.size > 1) throw new NotMergeable();
    const outputs = (sequential ? [] : makings[0]!.outputs).map((_output, index) => {
      const taken = placed.map((body, use) => ({
        body,
        sources: body.resolve(makings[use]!.outputs[index]!),
      }));
      return sources.merge(taken, undefined);
    });
    sources.check();
    const own = [...parameters.all.map(({ identifier }) => identifier), ...indices];
    return { parameters: parameters.all, items, outputs, taken: [...reserved, ...own], seeds, asksForInput };
  }

  /** Equal for what one function can make. */
  private structure({ body, inputs, outputs }: Making): string {
    const locals = localSources(body, '', () => true);
    const sources = (names: readonly string[]) =>
      names.map(
        (name) => locals.get(name) ?? inputs.flatMap((input, index) => (input === name ? [index] : [])),
      );
    const items = unrolledItems(body, '', () => true).map((item) => {
      if (item.kind === 'layer') return [item.key, callStructure(item.call), sources(item.node.inputs)];
      if (item.kind === 'use')
        return [item.key, this.callees.get(item.body)!.name, sources(item.scope.inputs)];
      throw new Error('a repeat that is unrolled');
    });
    return JSON.stringify([inputs.length, sources(outputs), items]);
  }
}

function seedsInOrder({ nodes }: ModelGraph, written: readonly Written[]): readonly SeedEntry[] {
  const ofLayers = new Map(written.flatMap(({ seeds }) => [...seeds]));
  return nodes.flatMap(({ name }) => ofLayers.get(name) ?? []);
}

/** What is left of a call without the values in it. */
function callStructure(argument: Argument | undefined): unknown {
  if (typeof argument !== 'object' || argument === null) return argument === null ? null : typeof argument;
  if (Array.isArray(argument)) return (argument as readonly Argument[]).map(callStructure);
  if (isCall(argument)) {
    const { call, args } = argument;
    return [call === 'new' ? [argument.module, argument.className] : call, args.map(callStructure)];
  }
  return Object.entries(argument).map(([key, value]) => [key, callStructure(value)]);
}
