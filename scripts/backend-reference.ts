/** docs/backends.md: what computes, what was added to it, and what it cannot train. */
import {
  inputGradientProblemOf,
  type LayerDefinition,
  layers,
  type Problem,
  trainingProblemOf,
} from '../src/layers/index.js';
import { backendLimits, backendNames } from '../src/runtime/backend.js';
import { nativeKernels } from '../src/runtime/native-kernels.js';
import { wasmKernels } from '../src/runtime/wasm-kernels/index.js';
import { cell } from './spec-reference.js';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** What the examples of the registry show that no backend can train, each reason once. */
function untrainable(
  problemOf: (definition: LayerDefinition, options: never, inputs: never) => Problem | undefined,
): readonly (readonly string[])[] {
  return [...layers.values()].flatMap((definition) => {
    const reasons = definition.examples.flatMap(({ inputs, options }) => {
      const problem = problemOf(definition, options as never, inputs as never);
      return problem === undefined ? [] : [problem.message];
    });
    return [...new Set(reasons)].map((reason) => [`\`${definition.type}\``, reason]);
  });
}

export function backendReference(): string {
  return [
    '# Backends',
    '',
    '<!-- Generated from src/runtime/ and src/layers/ by `npm run generate`. -->',
    '',
    'TensorFlow.js is one of two [engines](engines.md), and these are what it runs on: with `--engine tfjs`, or where the compiled',
    'engine does not cover a spec.',
    '',
    `\`--backend auto\` takes the first of ${backendNames.map((name) => `\`${name}\``).join(', ')} that works; \`speccc doctor\` says which`,
    'that is, and why not the others. Results on one backend are the same to the last bit from run to run; between backends they',
    'differ in rounding.',
    '',
    '## What the wasm backend gets from speccc',
    '',
    'TensorFlow.js made its WebAssembly backend for inference. These kernels are supplied or replaced, mostly by composing other',
    'kernels of the backend; each is tested against the cpu backend or, where that one is wrong too, against finite differences.',
    '',
    table(
      ['kernel', 'as shipped', 'why', 'how'],
      wasmKernels.map(({ name, fault, why, how }) => [name, fault, why, how]),
    ),
    '',
    `Native TensorFlow lacks ${nativeKernels.join(', ')}, which is computed on copies by the cpu backend.`,
    '',
    '## What cannot be trained',
    '',
    'On no backend, since TensorFlow.js has no gradient for it. Such a spec compiles, and training it is refused before it starts.',
    '',
    table(['layer', 'why'], untrainable(trainingProblemOf as never)),
    '',
    'Nothing that is trained may stand before these, since no gradient passes through them:',
    '',
    table(['layer', 'why'], untrainable(inputGradientProblemOf as never)),
    '',
    'On one backend only; `train` says so when it meets the layer there.',
    '',
    table(
      ['layer', 'backend', 'with', 'why'],
      backendLimits.map(({ layer, backend, options, reason }) => [`\`${layer}\``, backend, options, reason]),
    ),
    '',
  ].join('\n');
}
