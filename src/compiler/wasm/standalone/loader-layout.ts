/** The middle of a loader: the function that loads, and where in its memory the module looks for what. */
import { sizeOf } from '../../../layers/index.js';
import type { ModelGraph } from '../../model-graph.js';
import { formatBytes } from '../../summary.js';
import { shortComment } from '../../typescript/comments.js';
import {
  expressionOf,
  keyText,
  layOut,
  lineWidth,
  memberText,
  type ObjectEntry,
} from '../../typescript/layout.js';
import { quote } from '../../typescript/text.js';
import { control } from '../control.js';
import type { LoaderNames } from './loader-names.js';
import type { ModuleFacts, ProgramFacts } from './module-facts.js';

export function loaderText(facts: ModuleFacts, names: LoaderNames): string {
  const { model, loader, moduleFile, noun, several } = names;
  const about = `Loads ${moduleFile}. Each call makes a model of its own, with ${formatBytes(facts.pages * 65_536)} of memory.`;
  const [input] = facts.inputs;
  const [output] = facts.outputs;
  const given = several.inputs ? `{ ...${noun}s }` : `{ ${keyText(input!.name)}: ${noun}s }`;
  const all = `module.predict(programs.predict, ${given})`;
  const methods = [`    predict: (${noun}s) => ${several.outputs ? all : memberText(all, output!.name)},`];
  if (facts.evaluate !== undefined) {
    methods.push(
      `    evaluate: (${noun}s, labels) => module.compute(programs.evaluate, ${given}, labels, 0),`,
    );
  }
  if (facts.train !== undefined) {
    methods.push(
      `    trainStep(${noun}s, labels, seed = steps) {`,
      `      const values = module.compute(programs.train, ${given}, labels, seed);`,
      '      steps += 1;',
      '      return values;',
      '    },',
    );
  }
  return [
    shortComment(about),
    `export async function ${loader}(source: ModuleSource): Promise<${model}> {`,
    '  const module = await openModule(source, layout);',
    ...(facts.train === undefined ? [] : ['  let steps = 0;']),
    '  return {',
    ...methods,
    `    getWeights: () => module.getWeights() as ReturnType<${model}['getWeights']>,`,
    '    setWeights: module.setWeights,',
    '    saveWeights: module.saveWeights,',
    '    loadWeights: module.loadWeights,',
    '  };',
    '}',
  ].join('\n');
}

/** `1 / 255` says more than what it comes to. */
export function scaleText(scale: number): string {
  const divisor = Math.round(1 / scale);
  return divisor > 1 && 1 / divisor === scale ? `1 / ${divisor}` : String(scale);
}

/** `digest` tells the module, without its weights, from others. */
export function layoutText(
  graph: ModelGraph,
  facts: ModuleFacts,
  { moduleFile }: LoaderNames,
  digest: string,
): string {
  const { pages, lanes, inputs, outputs, labels, mask, count, weights, starts } = facts;
  const hasClasses = facts.evaluate !== undefined && sizeOf(outputs[0]!.shape) > 1;
  const classes = hasClasses ? graph.training?.classes : undefined;
  const places = Object.fromEntries(
    (['seed', 'lanesBefore', 'firstPiece'] as const).map((name) => [name, control[name] / 4]),
  );
  const entries: readonly ObjectEntry[] = [
    ['file', quote(moduleFile)],
    ['model', quote(graph.name)],
    ['program', quote(digest)],
    ['pages', `${pages}`],
    ['lanes', `${lanes}`],
    ['control', expressionOf({ ...places, byteScale: control.pixelScale / 4 })],
    ['byteScale', scaleText(facts.byteScale)],
    [
      'inputs',
      expressionOf(
        Object.fromEntries(inputs.map(({ name, place, shape }) => [name, { place, size: sizeOf(shape) }])),
      ),
    ],
    ...Object.entries({ labels, classes, mask, count }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, `${value}`] as const],
    ),
    ['weightShapes'],
    [
      'weightPlaces',
      { kind: 'object', entries: weights.map(({ name, place }) => [keyText(name), String(place)]) },
    ],
    ['optimizer', expressionOf(starts)],
  ];
  const layout = layOut({ kind: 'object', entries }, lineWidth, 'const layout: Layout = ', ';');
  const { predict, evaluate, train, values } = facts;
  const named = <Value>(names: readonly string[], list: readonly Value[]) =>
    Object.fromEntries(names.map((name, index) => [name, list[index]!]));
  const commands = ({ piece, finish, inPieces }: ProgramFacts) => ({
    piece,
    finish,
    whole: inPieces ? undefined : true,
  });
  const withValues = (program: ProgramFacts | undefined) =>
    program && {
      ...commands(program),
      values: named(
        values,
        program.results.map(({ place }) => place),
      ),
    };
  const programs = {
    predict: {
      ...commands(predict),
      outputs: named(
        outputs.map(({ name }) => name),
        predict.results.map((result) => ({ ...result })),
      ),
    },
    evaluate: withValues(evaluate),
    train: withValues(train),
  };
  return [
    '/** Where the module looks for what. */',
    layout,
    '',
    layOut(expressionOf(programs), lineWidth, 'const programs = ', ' satisfies Record<string, Program>;'),
  ].join('\n');
}
