/** What every kind of drawing shows of a graph: boxes in frames, and the values that flow between them. */
import { formatShape, type Shape } from '../../layers/index.js';
import type { GraphNode, ModelGraph, ScopeStep } from '../model-graph.js';
import { isGroup, nodesOf, runsOf, type ScopeMember, scopeFolder, scopeTree } from '../scope-tree.js';
import { formatCount, formatCounted, summarizeGraph } from '../summary.js';
import { layerDetails } from './layer-details.js';
import { type LayerLook, lookOf } from './layer-look.js';

export interface Diagram {
  readonly title: string;
  /** What the spec says of the model, and what it costs. */
  readonly subtitles: readonly string[];
  readonly parts: readonly Part[];
  readonly flows: readonly Flow[];
}

export type Part = Box | Frame;

export interface Box {
  readonly kind: 'box';
  /** Unique, of letters and digits. */
  readonly id: string;
  readonly look: LayerLook | 'input' | 'output' | 'block';
  /** The layer kind, or the block. */
  readonly title: string;
  /** As the spec has it, within the frame; none where the spec leaves it out. */
  readonly name: string | undefined;
  /** What distinguishes it from others of its kind. */
  readonly details: readonly string[];
}

/** A use of a block, or all turns of a repeat. */
export interface Frame {
  readonly kind: 'frame';
  readonly id: string;
  readonly look: 'block' | 'repeat';
  readonly title: string;
  readonly name: string | undefined;
  readonly parts: readonly Part[];
}

/** A value on its way from the box that makes it to one that takes it. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** `28×28×6` */
  readonly shape: string;
}

export interface DiagramOptions {
  /** How many blocks and repeats within each other are opened; the others are a box each. */
  readonly depth?: number;
}

/** In the first line of every drawing, so that it can be told from what others made. */
export const drawnBySpeccc = 'Drawn by speccc';

/** With more boxes than this, blocks stay closed unless `depth` says otherwise. */
const mostBoxes = 300;
/** No use of a block is nested so deeply. */
const deepest = 64;

export function diagramOf(graph: ModelGraph, { depth }: DiagramOptions = {}): Diagram {
  const tree = scopeTree(graph);
  const drawing = new Drawing(graph, depth ?? fittingDepth(tree));
  const parts = drawing.parts(tree);
  const { totals } = summarizeGraph(graph);
  const facts = [
    formatCounted(graph.nodes.length, 'layer'),
    formatCounted(totals.parameters, 'parameter'),
    `${formatCount(totals.multiplyAdds)} multiply-adds`,
  ];
  const description = graph.description?.trim() ?? '';
  return {
    title: graph.name,
    subtitles: [...(description === '' ? [] : [description]), facts.join(' · ')],
    parts,
    flows: drawing.flows(),
  };
}

/** Opens as many levels as the boxes are not too many. */
function fittingDepth(tree: readonly ScopeMember[]): number {
  for (let depth = 0; depth < deepest; depth++) {
    const [now, next] = [boxesAt(tree, depth), boxesAt(tree, depth + 1)];
    if (next > mostBoxes) return depth;
    if (next === now && boxesAt(tree, deepest) === now) return deepest;
  }
  return deepest;
}

function boxesAt(members: readonly ScopeMember[], depth: number): number {
  return runsOf(members).reduce((sum, run) => {
    const first = run[0]!;
    if (!isGroup(first)) return sum + 1;
    const inside = run.flatMap(membersOf);
    if (first.scope.kind === 'parallel') return sum + boxesAt(inside, depth);
    return sum + (depth === 0 ? 1 : boxesAt(inside, depth - 1));
  }, 0);
}

function membersOf(member: ScopeMember): readonly ScopeMember[] {
  return isGroup(member) ? member.members : [];
}

class Drawing {
  private readonly shapes = new Map<string, Shape>();
  /** The box that each value comes from. */
  private readonly boxes = new Map<string, string>();
  private readonly outputs: [value: string, box: string][] = [];
  private count = 0;

  constructor(
    private readonly graph: ModelGraph,
    private readonly depth: number,
  ) {}

  parts(tree: readonly ScopeMember[]): readonly Part[] {
    const inputs = this.graph.inputs.map(({ name, shape }): Box => {
      const box = this.box('input', 'input', name === 'input' ? undefined : name, []);
      this.shapes.set(name, shape);
      this.boxes.set(name, box.id);
      return box;
    });
    const layers = this.list(tree, '', this.depth);
    const outputs = this.graph.outputs.map((name): Box => {
      const single = this.graph.outputs.length === 1;
      const box = this.box('output', 'output', single ? undefined : name, []);
      this.outputs.push([name, box.id]);
      return box;
    });
    return [...inputs, ...layers, ...outputs];
  }

  flows(): readonly Flow[] {
    const flows = new Map<string, Flow>();
    const add = (value: string, to: string): void => {
      const from = this.boxes.get(value);
      if (from === undefined || from === to) return;
      // What leaves a box twice for another one is drawn once.
      flows.set(JSON.stringify([value, to]), { from, to, shape: shapeText(this.shapes.get(value)!) });
    };
    for (const { name, inputs } of this.graph.nodes) {
      for (const input of inputs) add(input, this.boxes.get(name)!);
    }
    for (const [value, box] of this.outputs) add(value, box);
    return [...flows.values()];
  }

  /** `folder` is what the names begin with. */
  private list(members: readonly ScopeMember[], folder: string, depth: number): readonly Part[] {
    return runsOf(members).flatMap((run): readonly Part[] => {
      const first = run[0]!;
      if (!isGroup(first)) return [this.layer(first, folder)];
      const { scope } = first;
      if (scope.kind === 'parallel') return this.list(first.members, scopeFolder(scope), depth);
      const name = ownName(relative(scope.name, folder), scope.kind === 'block' ? scope.block : 'repeat');
      if (depth <= 0) return [this.folded(run, scope, name)];
      const id = `f${this.count++}`;
      const parts = run.flatMap((member) =>
        isGroup(member) ? this.list(member.members, scopeFolder(member.scope), depth - 1) : [],
      );
      const title = scope.kind === 'block' ? scope.block : `${formatCount(run.length)} ×`;
      return [{ kind: 'frame', id, look: scope.kind === 'block' ? 'block' : 'repeat', title, name, parts }];
    });
  }

  private layer(node: GraphNode, folder: string): Box {
    const name = ownName(relative(node.name, folder), node.type);
    const box = this.box(lookOf(node.type, node.inputs.length > 1), node.type, name, layerDetails(node));
    this.place([node], box);
    return box;
  }

  private folded(run: readonly ScopeMember[], scope: ScopeStep, name: string | undefined): Box {
    const nodes = nodesOf(run);
    const params =
      scope.kind === 'block' ? Object.entries(scope.params).map(([param, value]) => `${param} ${value}`) : [];
    const title = scope.kind === 'block' ? scope.block : `${formatCount(run.length)} ×`;
    const box = this.box('block', title, name, [...params, formatCounted(nodes.length, 'layer')]);
    this.place(nodes, box);
    return box;
  }

  private place(nodes: readonly GraphNode[], { id }: Box): void {
    for (const { name, outputShape } of nodes) {
      this.boxes.set(name, id);
      this.shapes.set(name, outputShape);
    }
  }

  private box(look: Box['look'], title: string, name: string | undefined, details: readonly string[]): Box {
    return { kind: 'box', id: `b${this.count++}`, look, title, name, details };
  }
}

function relative(name: string, folder: string): string {
  return folder !== '' && name.startsWith(`${folder}/`) ? name.slice(folder.length + 1) : name;
}

/** None where the spec has none, and it was made of the type. */
function ownName(name: string, type: string): string | undefined {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last === type || (last.startsWith(`${type}_`) && /^\d+$/.test(last.slice(type.length + 1)))
    ? undefined
    : last;
}

function shapeText(shape: Shape): string {
  return formatShape(shape).replaceAll('x', '×');
}
