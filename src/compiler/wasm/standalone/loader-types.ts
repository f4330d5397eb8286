/** The first half of a loader: what it is, the facts of the model as constants, and the interface of a loaded one. */
import { sizeOf } from '../../../layers/index.js';
import type { ModelGraph, TrainingPlan } from '../../model-graph.js';
import { formatCount, formatCounted } from '../../summary.js';
import { longComment, shortComment } from '../../typescript/comments.js';
import { expressionOf, keyText, layOut, lineWidth } from '../../typescript/layout.js';
import { commentText } from '../../typescript/text.js';
import { scaleText } from './loader-layout.js';
import type { LoaderNames } from './loader-names.js';
import type { ModuleFacts } from './module-facts.js';

/** Everything that a program which imports the loader sees, but the function that loads. */
export function typesText(graph: ModelGraph, facts: ModuleFacts, names: LoaderNames): readonly string[] {
  return [...constants(facts, names), ...inputsAndOutputs(facts, names), modelText(graph, facts, names)];
}

function constants(facts: ModuleFacts, { noun }: LoaderNames): readonly string[] {
  const [input, ...otherInputs] = facts.inputs;
  const [output, ...otherOutputs] = facts.outputs;
  const shapes = (list: ModuleFacts['outputs']) =>
    Object.fromEntries(list.map(({ name, shape }) => [name, shape]));
  const texts = [
    otherInputs.length === 0
      ? constant('inputShape', `The shape of one ${noun}.`, input!.shape)
      : constant(
          'inputShapes',
          'The shapes of one example, by the names of the inputs.',
          shapes(facts.inputs),
        ),
    otherOutputs.length === 0
      ? constant('outputShape', `The shape of what the model makes of one ${noun}.`, output!.shape)
      : constant(
          'outputShapes',
          'The shapes of what the model makes of one example, by the names of the outputs.',
          shapes(facts.outputs),
        ),
  ];
  const { classNames } = facts;
  if (classNames !== undefined) {
    texts.push(
      constant('classNames', "What the model's outputs stand for, in their order.", classNames),
      'export type ClassName = (typeof classNames)[number];',
    );
  }
  const total = formatCounted(
    facts.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    'number',
  );
  texts.push(
    constant(
      'weightShapes',
      `The shapes of the weights, ${total} in all, by the names that checkpoints have for them.`,
      shapes(facts.weights),
    ),
    'export type WeightName = keyof typeof weightShapes;',
  );
  return texts;
}

function constant(name: string, about: string, value: Parameters<typeof expressionOf>[0]): string {
  return `${shortComment(about)}\n${layOut(expressionOf(value), lineWidth, `export const ${name} = `, ' as const;')}`;
}

function inputsAndOutputs(facts: ModuleFacts, { noun, several }: LoaderNames): readonly string[] {
  const order = noun === 'image' ? 'row by row, channels innermost' : 'each row by row';
  const scale = scaleText(facts.byteScale).replaceAll(' ', '');
  const numbers = `numbers as the model takes them, or bytes, which are multiplied by ${scale} first`;
  const kinds = 'Float32Array | Uint8Array';
  const about = `${several.inputs ? 'For each input the examples' : `${capitalized(noun)}s`} one after the other, ${order}: ${numbers}.`;
  const texts = [
    several.inputs
      ? interfaceText('Inputs', about, namesOf(facts.inputs), kinds)
      : `${shortComment(about)}\nexport type Inputs = ${kinds};`,
  ];
  if (several.outputs) {
    const values = 'For each output its values for each example, one after the other.';
    texts.push(interfaceText('Outputs', values, namesOf(facts.outputs), 'Float32Array<ArrayBuffer>'));
  }
  if (facts.evaluate !== undefined) {
    const means = `Means over the ${noun}s, the loss with all penalties on weights.`;
    texts.push(interfaceText('StepValues', means, facts.values, 'number'));
  }
  return texts;
}

const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

/** Fields of one type. */
function interfaceText(name: string, about: string, fields: readonly string[], type: string): string {
  const lines = fields.map((field) => `  readonly ${keyText(field)}: ${type};`);
  return [shortComment(about), `export interface ${name} {`, ...lines, '}'].join('\n');
}

function modelText(graph: ModelGraph, facts: ModuleFacts, names: LoaderNames): string {
  const { model, noun, several, loader } = names;
  const [output] = facts.outputs;
  const numbers = formatCounted(sizeOf(output!.shape), 'number');
  const predicted = several.outputs
    ? `What the model makes of each ${noun}.`
    : `What the model makes of each ${noun}: ${numbers} each, one after the other.`;
  const returned = several.outputs ? 'Outputs' : 'Float32Array<ArrayBuffer>';
  const members = [member([predicted], `predict(${noun}s: Inputs): ${returned};`)];
  const given = `${noun}s: Inputs, labels: ArrayLike<number>`;
  if (facts.evaluate !== undefined) {
    members.push(
      member(
        [`Loss and metrics on ${noun}s with their labels, which are ${labelText(graph.training!, facts)}.`],
        `evaluate(${given}): StepValues;`,
      ),
    );
  }
  if (facts.train !== undefined) {
    members.push(member(trainComment(graph, facts, noun), `trainStep(${given}, seed?: number): StepValues;`));
  }
  members.push(
    member(['Copies of the weights.'], 'getWeights(): Record<WeightName, Float32Array<ArrayBuffer>>;'),
    member(
      ['Takes any of the weights. What the optimizer has gathered stays as it is.'],
      'setWeights(weights: Partial<Record<WeightName, ArrayLike<number>>>): void;',
    ),
    member(
      [
        'All weights as a safetensors file, which libraries for Python, JavaScript, Rust and others read, and `speccc train --initial-weights` too.',
      ],
      'saveWeights(): Uint8Array<ArrayBuffer>;',
    ),
    member(
      [
        'Takes a safetensors file with all weights: one of `saveWeights`, or of `speccc export --format safetensors`.',
      ],
      'loadWeights(file: Uint8Array | ArrayBuffer): void;',
    ),
  );
  const about = `A loaded model: \`${loader}\` makes it.`;
  return `${shortComment(about)}\nexport interface ${model} {\n${members.join('\n')}\n}`;
}

function trainComment(graph: ModelGraph, facts: ModuleFacts, noun: string): readonly string[] {
  const { optimizerType, batchSize } = graph.training!;
  const whole = facts.train!.inPieces ? '' : `, at most ${facts.lanes}`;
  return [
    `One step of the optimizer (${commentText(optimizerType)}) on a batch of ${noun}s (the spec's has ${formatCount(batchSize)}${whole}). Returns the loss and metrics of before the step.`,
    `\`seed\` is for the random numbers of dropout and noise: the same weights, ${noun}s and seed give the same bytes on every machine. Left out, it is the number of the step.`,
  ];
}

/** What a label is. */
function labelText({ classes }: TrainingPlan, { outputs }: ModuleFacts): string {
  return sizeOf(outputs[0]!.shape) === 1 ? 'numbers' : `class indices, 0 to ${classes - 1}`;
}

function member(paragraphs: readonly string[], declaration: string): string {
  const comment = paragraphs.length === 1 ? shortComment(paragraphs[0]!, 2) : longComment(paragraphs, 2);
  return `${comment}\n${declaration}`
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

const capitalized = (text: string) => text[0]!.toUpperCase() + text.slice(1);
