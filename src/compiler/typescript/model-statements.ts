/** The body of the function that makes a model: one statement a layer, each under a comment with its shape and size. */
import { type Argument, type Call, formatShape, isCall, layers } from '../../layers/index.js';
import { modelCalls } from '../model-calls.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import { formatCount, type Summary } from '../summary.js';
import { identifierSource } from './identifiers.js';
import { type Expression, expressionOf, flat, keyText, layOut, lineWidth } from './layout.js';
import { commentText } from './text.js';

/** Columns that a statement may take: it stands in the body of a function. */
const width = lineWidth - 2;

export interface ModelStatements {
  readonly returnType: 'tf.Sequential' | 'tf.LayersModel';
  /** A text each, not indented. */
  readonly statements: readonly string[];
}

/** `taken` are the identifiers that the file uses already. */
export function modelStatements(
  graph: ModelGraph,
  summary: Summary,
  taken: readonly string[],
): ModelStatements {
  const comments = layerComments(summary);
  return modelCalls(graph).form === 'sequential'
    ? sequentialStatements(graph, comments)
    : functionalStatements(graph, comments, taken);
}

/** The constant of an input's shape, as an array that tfjs's types take. */
function inputShapeOf(graph: ModelGraph, name: string): string {
  if (graph.inputs.length === 1) return '[...inputShape]';
  const key = keyText(name);
  return /^\w/.test(key)
    ? `[...inputShapes.${key}]`
    : `[...inputShapes${key.startsWith('[') ? key : `[${key}]`}]`;
}

function sequentialStatements(graph: ModelGraph, comments: readonly string[]): ModelStatements {
  const added = modelCalls(graph).layers.map(({ node, call }, index) => {
    const layer = layerExpression(node, call, { inputShape: inputShapeOf(graph, graph.inputs[0]!.name) });
    return `${comments[index]}\n${layOut(callOf('model.add', layer), width, '', ';')}`;
  });
  const made = callOf('tf.sequential', expressionOf({ name: graph.name }));
  return {
    returnType: 'tf.Sequential',
    statements: [layOut(made, width, 'const model = ', ';'), ...added, 'return model;'],
  };
}

function functionalStatements(
  graph: ModelGraph,
  comments: readonly string[],
  taken: readonly string[],
): ModelStatements {
  const identifierFor = identifierSource(taken);
  const identifiers = new Map(
    [...graph.inputs, ...graph.nodes].map(({ name }) => [name, identifierFor(name)] as const),
  );
  const values = (names: readonly string[]): Expression => {
    const [only, ...others] = names.map((name) => identifiers.get(name)!);
    return only !== undefined && others.length === 0
      ? only
      : { kind: 'array', elements: names.map((name) => identifiers.get(name)!) };
  };
  const inputs = graph.inputs.map(({ name }) => {
    const options: Expression = {
      kind: 'object',
      entries: [
        ['name', expressionOf(name)],
        ['shape', inputShapeOf(graph, name)],
      ],
    };
    return layOut(callOf('tf.input', options), width, `const ${identifiers.get(name)} = `, ';');
  });
  const applied = modelCalls(graph).layers.map(({ node, call }, index) => {
    const statement = applyStatement(
      identifiers.get(node.name)!,
      layerExpression(node, call),
      values(node.inputs),
    );
    return `${comments[index]}\n${statement}`;
  });
  const made: Expression = {
    kind: 'object',
    entries: [
      ['name', expressionOf(graph.name)],
      ['inputs', values(graph.inputs.map(({ name }) => name))],
      ['outputs', values(graph.outputs)],
    ],
  };
  return {
    returnType: 'tf.LayersModel',
    statements: [inputs.join('\n'), ...applied, layOut(callOf('tf.model', made), width, 'return ', ';')],
  };
}

/** `const c1 = tf.layers.conv2d({ … }).apply(input) as tf.SymbolicTensor;` */
function applyStatement(identifier: string, layer: Expression, inputs: Expression): string {
  const before = `const ${identifier} = `;
  const after = ') as tf.SymbolicTensor;';
  const byLayer = layOut(layer, width, before, `.apply(${flat(inputs)}${after}`);
  const fits = byLayer.split('\n').every((line) => line.length <= width);
  return fits ? byLayer : layOut(inputs, width, `${before}${flat(layer)}.apply(`, after);
}

function callOf(callee: string, argument: Expression): Expression {
  return { kind: 'call', callee, args: [argument] };
}

/**
 * The call that makes a layer. What its lowering filled in though the spec does not say it is left out where tfjs
 * takes the same by itself. `replaced` holds the source of options that are not printed as they are.
 */
function layerExpression(
  node: GraphNode,
  call: Call,
  replaced: Readonly<Record<string, string>> = {},
): Expression {
  const [options, ...others] = call.args;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return expressionOf(call);
  const defaults = layers.get(node.type)?.options.properties ?? {};
  const entries = Object.entries(options as { readonly [key: string]: Argument | undefined })
    .filter((entry): entry is [string, Argument] => entry[1] !== undefined)
    .filter(
      ([key, value]) =>
        Object.hasOwn(node.options, key) ||
        !Object.hasOwn(defaults, key) ||
        !isDefault(value, (defaults[key] as { readonly default?: unknown }).default),
    )
    .map(([key, value]): [string, Expression] => [
      keyText(key),
      Object.hasOwn(replaced, key) ? replaced[key]! : expressionOf(value),
    ]);
  return {
    kind: 'call',
    callee: call.call,
    args: [{ kind: 'object', entries }, ...others.map(expressionOf)],
  };
}

/** `zeros` is what `tf.initializers.zeros()` makes; a seeded initializer is nobody's default. */
function isDefault(value: Argument, standard: unknown): boolean {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && isCall(value))
    return value.args.length === 0 && value.call.split('.').at(-1) === standard;
  return standard !== undefined && JSON.stringify(value) === JSON.stringify(standard);
}

/** Names up to this length are lined up. */
const alignedName = 24;

/** `// c1       28x28x6      456 parameters`, in columns over all layers. */
function layerComments(summary: Summary): string[] {
  const cells = summary.rows.map((row) => ({
    name: commentText(row.name),
    shape: formatShape(row.outputShape),
    count: formatCount(row.parameters),
  }));
  const widest = (key: 'name' | 'shape' | 'count') => Math.max(0, ...cells.map((cell) => cell[key].length));
  const name = Math.min(widest('name'), alignedName);
  return cells.map(
    (cell) =>
      `// ${cell.name.padEnd(name)}  ${cell.shape.padEnd(widest('shape'))}  ${cell.count.padStart(widest('count'))} parameters`,
  );
}
