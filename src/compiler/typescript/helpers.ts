/** What functions of blocks need beside tfjs: the seeds of weights by their names, and the shape of the input. */
import type { ModelGraph } from '../model-graph.js';
import { keyText } from './layout.js';
import type { FunctionPlan } from './plan-functions.js';

/** One text a statement, each after an empty line. They stand at the end of the file. */
export function helperTexts(graph: ModelGraph, { seeds, asksForInput }: FunctionPlan): readonly string[] {
  return [
    ...(asksForInput ? [inputText] : []),
    ...(seeds === undefined || seeds.size === 0 ? [] : seedTexts(seeds, graph.seed)),
  ];
}

const inputText = `
/** The shape of the input, for the layer that is the model's first. */
function inputOf(model: tf.Sequential): { inputShape?: number[] } {
  return model.layers.length === 0 ? { inputShape: [...inputShape] } : {};
}`;

function seedTexts(seeds: ReadonlyMap<string, number>, seed: number): readonly string[] {
  const entries = [...seeds].map(([weight, value]) => `  ${keyText(weight)}: ${value},`);
  return [
    `
function seedOf(weight: string): number {
  const seed = seeds[weight];
  if (seed === undefined) throw new Error(\`\${weight} has no seed\`);
  return seed;
}`,
    `
/** The seed of each weight, drawn from seed ${seed} of the spec. */
const seeds: Readonly<Record<string, number>> = {
${entries.join('\n')}
};`,
  ];
}
