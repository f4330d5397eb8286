/**
 * A graph of ONNX operators as plain data, before it is written: what https://onnx.ai/onnx/operators calls nodes,
 * initializers, inputs and outputs. Tensors have no names until all are known.
 */
import type { Shape } from '../../program/index.js';

/** Told from others by identity. */
export interface Tensor {
  /** What it is called where no other tensor is. */
  readonly wishedName: string;
}

export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'ints'; readonly value: readonly number[] };

export type Attributes = Readonly<Record<string, Attribute>>;

export const int = (value: number): Attribute => ({ type: 'int', value });
export const float = (value: number): Attribute => ({ type: 'float', value });
export const text = (value: string): Attribute => ({ type: 'string', value });
export const ints = (value: readonly number[]): Attribute => ({ type: 'ints', value });

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Undefined for one that the operator can do without. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly output: Tensor;
  readonly attributes: Attributes;
}

export interface Initializer {
  readonly tensor: Tensor;
  readonly shape: Shape;
  /** Whole numbers are written with 64 bits, as operators want shapes and places. */
  readonly type: 'float' | 'int64';
  readonly values: ArrayLike<number>;
}

/** What goes in or comes out: [batch, ...shape]. */
export interface Port {
  readonly name: string;
  readonly tensor: Tensor;
  readonly shape: Shape;
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly initializers: readonly Initializer[];
  /** Each after those whose outputs it takes. */
  readonly nodes: readonly OnnxNode[];
}

/** A graph that grows. */
export interface GraphDraft {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  /** Adds a node, named after what it is a part of, and gives its output. */
  node(
    owner: string,
    operator: string,
    inputs: readonly (Tensor | undefined)[],
    attributes?: Attributes,
    wishedName?: string,
  ): Tensor;
  initializer(wishedName: string, type: Initializer['type'], shape: Shape, values: ArrayLike<number>): Tensor;
}

export function draftGraph(): GraphDraft {
  const nodes: OnnxNode[] = [];
  const initializers: Initializer[] = [];
  const claim = claimNames();
  return {
    nodes,
    initializers,
    node(owner, operator, inputs, attributes = {}, wishedName) {
      const name = claim(`${owner}/${operator}`);
      const output = { wishedName: wishedName ?? name };
      nodes.push({ name, operator, inputs, output, attributes });
      return output;
    },
    initializer(wishedName, type, shape, values) {
      const tensor = { wishedName };
      initializers.push({ tensor, type, shape, values });
      return tensor;
    },
  };
}

/** The names of all tensors: inputs and outputs have theirs, the others what they wish for, or that with a number. */
export function nameTensors({
  inputs,
  outputs,
  initializers,
  nodes,
}: OnnxGraph): ReadonlyMap<Tensor, string> {
  const claim = claimNames();
  const names = new Map<Tensor, string>();
  for (const { tensor, name } of [...inputs, ...outputs]) names.set(tensor, claim(name));
  for (const tensor of [...initializers.map((one) => one.tensor), ...nodes.map((node) => node.output)]) {
    if (!names.has(tensor)) names.set(tensor, claim(tensor.wishedName));
  }
  return names;
}

/** Gives each name once, and then `name_2`, `name_3`. */
function claimNames(): (wished: string) => string {
  const taken = new Set<string>();
  return (wished) => {
    let name = wished;
    for (let count = 2; taken.has(name); count += 1) name = `${wished}_${count}`;
    taken.add(name);
    return name;
  };
}
