/**
 * The TypeScript target: source that builds the very model of `buildModel`, for people who review it, change it
 * or ship it without speccc. It needs `@tensorflow/tfjs` alone and passes `tsc --strict`. The text depends on the
 * graph and on speccc's version only, not on folder, time or machine, so it can be kept and compared.
 */
import type { SourceFile, StatementStructures } from 'ts-morph';
import type { Argument } from '../layers/index.js';
import { version as ownVersion } from '../version.js';
import type { ModelGraph, TrainingPlan } from './model-graph.js';
import { exampleNoun, summarizeGraph } from './summary.js';
import { blockText } from './typescript/block-text.js';
import { classImports } from './typescript/class-imports.js';
import { compileComment, createComment, headerComment } from './typescript/comments.js';
import { helperTexts } from './typescript/helpers.js';
import { pascalCase } from './typescript/identifiers.js';
import { expressionOf, layOut, lineWidth } from './typescript/layout.js';
import { modelStatements } from './typescript/model-statements.js';
import { helperNames, planFunctions } from './typescript/plan-functions.js';

export interface EmitOptions {
  /** Which version of speccc the header names; this one where it is left out. */
  readonly version?: string;
}

/**
 * Prints a graph as a TypeScript module. It exports `create…` and, where the spec says how to train, `compile…`,
 * both named after the model; `inputShape`; and `classNames` where the data set has names for its classes.
 * Loads ts-morph, which takes most of the time.
 */
export async function emitTypeScript(graph: ModelGraph, options: EmitOptions = {}): Promise<string> {
  const { IndentationText, Project, QuoteKind, StructureKind } = await import('ts-morph');
  const { training } = graph;
  const summary = summarizeGraph(graph);
  const noun = exampleNoun(summary);
  const create = `create${pascalCase(graph.name)}`;
  const compile = `compile${pascalCase(graph.name)}`;
  const own = ['tf', 'inputShape', 'inputShapes', 'classNames', 'ClassName', create, compile];
  const { imports, localName } = classImports(graph, [...own, ...helperNames, 'model']);
  const imported = imports.flatMap(({ names }) => names.map(({ name, alias }) => alias ?? name));
  const plan = planFunctions(graph, localName, [...own, ...imported]);
  const model = modelStatements(graph, summary, plan);

  const statements: (string | StatementStructures)[] = [
    headerComment(graph, options.version ?? ownVersion),
    { kind: StructureKind.ImportDeclaration, namespaceImport: 'tf', moduleSpecifier: '@tensorflow/tfjs' },
    ...imports.map(
      ({ module, names }): StatementStructures => ({
        kind: StructureKind.ImportDeclaration,
        namedImports: names.map(({ name, alias }) => (alias === undefined ? { name } : { name, alias })),
        moduleSpecifier: module,
      }),
    ),
    inputShapes(graph, noun),
  ];
  if (training?.classNames !== undefined) {
    const about = "What the model's outputs stand for, in their order.";
    statements.push(exportedConstant('classNames', about, training.classNames), {
      kind: StructureKind.TypeAlias,
      isExported: true,
      name: 'ClassName',
      type: '(typeof classNames)[number]',
    });
  }
  statements.push(
    ...plan.blocks.flatMap((block) => {
      const { options, make } = blockText(plan.form, block);
      return options === undefined ? [make] : [options, make];
    }),
  );
  statements.push({
    kind: StructureKind.Function,
    isExported: true,
    name: create,
    returnType: model.returnType,
    docs: [createComment(summary, graph.seed, plan.seeds === undefined)],
    statements: model.statements.join('\n\n'),
  });
  if (training !== undefined) {
    statements.push({
      kind: StructureKind.Function,
      isExported: true,
      name: compile,
      parameters: [{ name: 'model', type: 'tf.LayersModel' }],
      returnType: 'void',
      docs: [compileComment(training, noun, create, compile)],
      statements: compileStatement(training),
    });
  }
  statements.push(...helperTexts(graph, plan));
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    skipFileDependencyResolution: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  });
  const file = project.createSourceFile('model.ts', { statements });
  checkStructure(file, statements.length - 1);
  // ts-morph sets some statements apart itself.
  return file.getFullText().replace(/\n{3,}/g, '\n\n');
}

function inputShapes(graph: ModelGraph, noun: string): string {
  const [only, ...others] = graph.inputs;
  const single = only !== undefined && others.length === 0;
  const shapes = single
    ? only.shape
    : Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, shape]));
  const name = single ? 'inputShape' : 'inputShapes';
  const about = single
    ? `The shape of one ${noun}.`
    : 'The shapes of one example, by the names of the inputs.';
  return exportedConstant(name, about, shapes);
}

function exportedConstant(name: string, about: string, value: Argument): string {
  const text = layOut(expressionOf(value), lineWidth, `export const ${name} = `, ' as const;');
  return `\n/** ${about} */\n${text}\n`;
}

function compileStatement({ optimizer, loss, metrics }: TrainingPlan): string {
  const options = expressionOf({ optimizer, loss, ...(metrics.length === 0 ? {} : { metrics }) });
  return layOut({ kind: 'call', callee: 'model.compile', args: [options] }, lineWidth - 2, '', ';');
}

/** Whatever a spec says is data: if any text of it had become syntax, that would be a bug of the printer. */
function checkStructure(file: SourceFile, statements: number): void {
  const faults = file.getProject().getProgram().getSyntacticDiagnostics(file).length;
  const found = file.getStatements().length;
  if (faults > 0 || found !== statements) {
    throw new Error(`printed TypeScript with ${faults} syntax errors, ${found} statements for ${statements}`);
  }
}
