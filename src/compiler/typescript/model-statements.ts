/** The body of the function that makes a model: one statement a layer, under a comment with shape and size. */
import { formatShape } from '../../layers/index.js';
import { modelCalls } from '../model-calls.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import { formatCount, type Summary } from '../summary.js';
import type { LocalName } from './class-imports.js';
import { identifierSource } from './identifiers.js';
import {
  type CallExpression,
  callExpression,
  type Expression,
  expressionOf,
  flat,
  layOut,
  lineWidth,
  memberText,
  mustBreak,
} from './layout.js';
import { commentText } from './text.js';

/** Columns that a statement may take: it stands in the body of a function. */
const width = lineWidth - 2;

interface PrintedLayer {
  readonly node: GraphNode;
  readonly expression: CallExpression;
}

export interface ModelStatements {
  readonly returnType: 'tf.Sequential' | 'tf.LayersModel';
  /** A text each, not indented. */
  readonly statements: readonly string[];
}

/** `taken` are the identifiers that the file uses already; `localName` says what it calls classes of the user's. */
export function modelStatements(
  graph: ModelGraph,
  summary: Summary,
  taken: readonly string[],
  localName: LocalName,
): ModelStatements {
  const comments = layerComments(summary);
  const { form, layers: calls } = modelCalls(graph);
  const layers = calls.map(({ node, call }) => ({ node, expression: callExpression(call, localName) }));
  return form === 'sequential'
    ? sequentialStatements(graph, layers, comments)
    : functionalStatements(graph, layers, comments, taken);
}

/** The constant of an input's shape, as an array that tfjs's types take. */
function inputShapeOf(graph: ModelGraph, name: string): string {
  return graph.inputs.length === 1 ? '[...inputShape]' : `[...${memberText('inputShapes', name)}]`;
}

function sequentialStatements(
  graph: ModelGraph,
  layers: readonly PrintedLayer[],
  comments: readonly string[],
): ModelStatements {
  const shape = inputShapeOf(graph, graph.inputs[0]!.name);
  const added = layers.map(({ expression }, index) => {
    const layer = index === 0 ? withShapeConstant(expression, shape) : expression;
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
  layers: readonly PrintedLayer[],
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
  const applied = layers.map(({ node, expression }, index) => {
    const statement = applyStatement(identifiers.get(node.name)!, expression, values(node.inputs));
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

/**
 * `const c1 = tf.layers.conv2d({ … }).apply(input) as tf.SymbolicTensor;`, with the calls on lines of their own
 * where it is long.
 */
function applyStatement(identifier: string, layer: CallExpression, inputs: Expression): string {
  const before = `const ${identifier} = `;
  const after = ' as tf.SymbolicTensor;';
  const line = `${before}${flat(layer)}${flat(callOf('.apply', inputs))}${after}`;
  if (line.length <= width && !mustBreak(layer)) return line;
  const dot = layer.callee.lastIndexOf('.');
  if (dot < 0) return layOut(layer, width, before, `${flat(callOf('.apply', inputs))}${after}`);
  const calls = [
    layOut({ ...layer, callee: layer.callee.slice(dot) }, width - 2),
    layOut(callOf('.apply', inputs), width - 2, '', after),
  ];
  return [
    before + layer.callee.slice(0, dot),
    ...calls
      .join('\n')
      .split('\n')
      .map((text) => `  ${text}`),
  ].join('\n');
}

function callOf(callee: string, argument: Expression): CallExpression {
  return { kind: 'call', callee, args: [argument] };
}

/** The call that makes the first layer of a sequential model: `inputShape` is the exported constant. */
function withShapeConstant(expression: CallExpression, constant: string): CallExpression {
  const [options, ...others] = expression.args;
  if (typeof options !== 'object' || options.kind !== 'object') return expression;
  const entries = options.entries.map(
    ([key, value]) => [key, key === 'inputShape' ? constant : value] as const,
  );
  return { ...expression, args: [{ kind: 'object', entries }, ...others] };
}

/** Names up to this length are lined up. */
const alignedName = 24;

/** `// c1       28x28x6      456 parameters`, in columns over all layers. */
function layerComments(summary: Summary): string[] {
  const cells = summary.rows.map((row) => ({
    name: commentText(row.name),
    shape: formatShape(row.outputShape),
    count: formatCount(row.parameters),
    noun: row.parameters === 1 ? 'parameter' : 'parameters',
  }));
  const widest = (key: 'name' | 'shape' | 'count') => Math.max(0, ...cells.map((cell) => cell[key].length));
  const name = Math.min(widest('name'), alignedName);
  const [shape, count] = [widest('shape'), widest('count')];
  return cells.map(
    (cell) =>
      `// ${cell.name.padEnd(name)}  ${cell.shape.padEnd(shape)}  ${cell.count.padStart(count)} ${cell.noun}`,
  );
}
