/** The body of the function that makes a model: one statement an item, under a comment with shape and size. */
import { formatShape } from '../../layers/index.js';
import type { ModelGraph } from '../model-graph.js';
import { formatCount, type Summary } from '../summary.js';
import { printBody } from './function-body.js';
import {
  type CallExpression,
  type Expression,
  expressionOf,
  layOut,
  lineWidth,
  memberText,
} from './layout.js';
import type { MergedItem } from './merged-items.js';
import type { FunctionPlan } from './plan-functions.js';
import { commentText } from './text.js';

/** Columns that a statement may take: it stands in the body of a function. */
const width = lineWidth - 2;

export interface ModelStatements {
  readonly returnType: 'tf.Sequential' | 'tf.LayersModel';
  /** A text each, not indented. */
  readonly statements: readonly string[];
}

export function modelStatements(graph: ModelGraph, summary: Summary, plan: FunctionPlan): ModelStatements {
  const names = graph.inputs.map(({ name }) => name);
  const body = printBody(plan.form, plan.model, names, false);
  const comments = itemComments(
    body.statements.map(({ item }) => item),
    summary,
  );
  const made = body.statements.map(({ text }, index) => `${comments[index]}\n${text}`);
  const name = expressionOf(graph.name);
  if (plan.form === 'sequential') {
    const model = objectCall('tf.sequential', [['name', name]]);
    return {
      returnType: 'tf.Sequential',
      statements: [layOut(model, width, 'const model = ', ';'), ...made, 'return model;'],
    };
  }
  const inputs = body.inputs.map((identifier, index) => {
    const options = [
      ['name', expressionOf(names[index]!)] as const,
      ['shape', shapeText(graph, index)] as const,
    ];
    return layOut(objectCall('tf.input', options), width, `const ${identifier} = `, ';');
  });
  const model = objectCall('tf.model', [
    ['name', name],
    ['inputs', oneOrList(body.inputs)],
    ['outputs', oneOrList(body.outputs)],
  ]);
  return {
    returnType: 'tf.LayersModel',
    statements: [inputs.join('\n'), ...made, layOut(model, width, 'return ', ';')],
  };
}

/** The constant of an input's shape, as an array that tfjs's types take. */
function shapeText(graph: ModelGraph, index: number): string {
  const { name } = graph.inputs[index]!;
  return graph.inputs.length === 1 ? '[...inputShape]' : `[...${memberText('inputShapes', name)}]`;
}

function oneOrList(identifiers: readonly string[]): Expression {
  return identifiers.length === 1 ? identifiers[0]! : { kind: 'array', elements: identifiers };
}

function objectCall(callee: string, entries: readonly (readonly [string, Expression])[]): CallExpression {
  return { kind: 'call', callee, args: [{ kind: 'object', entries }] };
}

/** Names up to this length are lined up. */
const alignedName = 24;

/** `// c1       28x28x6      456 parameters`, in columns over all items. */
function itemComments(items: readonly MergedItem[], summary: Summary): string[] {
  const parameters = new Map(summary.rows.map((row) => [row.name, row.parameters]));
  const cells = items.map((item) => {
    if (item.kind === 'option') throw new Error('a model has all its layers');
    const count = item.nodes.reduce((sum, { name }) => sum + parameters.get(name)!, 0);
    return {
      name: commentText(item.key),
      shape: formatShape(item.shape),
      count: formatCount(count),
      noun: count === 1 ? 'parameter' : 'parameters',
    };
  });
  const widest = (key: 'name' | 'shape' | 'count') =>
    cells.reduce((most, cell) => Math.max(most, cell[key].length), 0);
  const name = Math.min(widest('name'), alignedName);
  const [shape, count] = [widest('shape'), widest('count')];
  return cells.map(
    (cell) =>
      `// ${cell.name.padEnd(name)}  ${cell.shape.padEnd(shape)}  ${cell.count.padStart(count)} ${cell.noun}`,
  );
}
