/** Codes of what a spec is made of beyond single layers: names, blocks, params, and other files. */
import { codeTable } from './code-entry.js';

export const languageCodes = codeTable({
  // The graph of steps.
  'unknown-step': {
    kind: 'spec',
    title: 'a `from` or an output that names no step',
    explanation:
      '`from` and `outputs` name steps by the names that are given to them, and inputs by theirs. Inside a block only the block’s own steps and inputs are known; steps inside another step are named by the way to them: `unit1/conv2d_1`.',
    wrong: '- { type: flatten, name: flat }\n- { type: dense, units: 4, from: flt }',
    right: '- { type: flatten, name: flat }\n- { type: dense, units: 4, from: flat }',
  },
  'forward-reference': {
    kind: 'spec',
    title: 'a `from` that names a later step',
    explanation:
      'The steps of a spec are written in the order in which they are computed, so that a step takes the outputs of earlier ones only. Move the step that is named above the one that names it.',
    wrong:
      '- { type: flatten, name: flat }\n- { type: add, from: [flat, other], name: sum }\n- { type: elu, from: flat, name: other }\n- { type: add, from: [sum, other] }',
    right:
      '- { type: flatten, name: flat }\n- { type: elu, from: flat, name: other }\n- { type: add, from: [flat, other], name: sum }\n- { type: add, from: [sum, other] }',
  },
  'circular-reference': {
    kind: 'spec',
    title: 'steps that wait for each other',
    explanation:
      'A step takes an output that is computed from its own. The message shows the circle; one of its steps must take something else. What is to be done several times over is written with `repeat`.',
    wrong: '- { type: flatten, name: a }\n- { type: add, from: [a, c], name: b }\n- { type: elu, name: c }',
    right: '- { type: flatten, name: a }\n- { type: elu, name: c }\n- { type: add, from: [a, c], name: b }',
  },
  'unused-step': {
    kind: 'spec',
    title: 'an output that nothing takes',
    explanation:
      'Every step must lead to an output of the model: TensorFlow.js would leave the others out without a word. Take its output with `from`, name it in `outputs`, or remove the step. The same goes for inputs of the model.',
    wrong:
      '- { type: flatten, name: flat }\n- { type: dense, units: 4 }\n- { type: dense, units: 2, from: flat }',
    right:
      '- { type: flatten, name: flat }\n- { type: dense, units: 4, name: a }\n- { type: dense, units: 4, from: flat, name: b }\n- { type: add, from: [a, b] }',
  },
  'unclear-input': {
    kind: 'spec',
    title: 'a step that does not say which of several inputs it takes',
    explanation:
      'A step without `from` takes the output of the step before it, and the first one takes the input. Where there are several inputs, the first step must say which of them it takes.',
    wrong:
      'inputs: { left: [4], right: [4] }\nlayers:\n  - { type: dense, units: 2 }\n  - { type: add, from: [left, right] }',
    right: 'inputs: { left: [4], right: [4] }\nlayers:\n  - { type: add, from: [left, right] }',
  },
  // Params and arithmetic.
  'invalid-expression': {
    kind: 'spec',
    title: 'something between `${` and `}` that is not arithmetic',
    explanation:
      'What can stand there: numbers, words in quotes, `true` and `false`, params and indices of repeats; `+ - * / % **`; comparisons with `== != < <= > >=`; `&& || !`; `a ? b : c`; brackets; and the functions `min`, `max`, `abs`, `floor`, `ceil`, `round` and `sqrt`. Nothing else is known, so that no spec can run anything. The characters `${` themselves are written `$${`.',
    wrong:
      'params: { width: 8 }\nlayers:\n  - { type: flatten }\n  - { type: dense, units: "${width.size}" }',
    right: 'params: { width: 8 }\nlayers:\n  - { type: flatten }\n  - { type: dense, units: "${width * 2}" }',
  },
  'unknown-param': {
    kind: 'spec',
    title: 'a name in `${…}` that has no value',
    explanation:
      'In a block, its own `params` have values, and the indices of repeats around the place; in the rest of the file, the file’s `params` and such indices. A block does not see the params of the file: hand them over where it is used.',
    wrong:
      'params: { width: 8 }\nlayers:\n  - { type: flatten }\n  - { type: dense, units: "${widht + width}" }',
    right: 'params: { width: 8 }\nlayers:\n  - { type: flatten }\n  - { type: dense, units: "${width}" }',
  },
  'impossible-arithmetic': {
    kind: 'spec',
    title: 'arithmetic without a result',
    explanation:
      'A division by zero, the root of a negative number, a number beyond all bounds, a word where a number is needed, or a comparison of things of two kinds. The notes say what the params were.',
    wrong:
      'params: { groups: 0 }\nlayers:\n  - { type: flatten }\n  - { type: dense, units: "${8 / groups}" }',
    right:
      'params: { groups: 2 }\nlayers:\n  - { type: flatten }\n  - { type: dense, units: "${8 / groups}" }',
  },
  'unused-param': {
    kind: 'spec',
    title: 'a param that nothing uses',
    explanation:
      'The param changes nothing: its name is misspelt, or what used it is gone. (A warning: the model is built all the same.)',
    wrong:
      'params: { width: 8, depth: 2 }\nlayers:\n  - { type: flatten }\n  - { type: dense, units: "${width}" }',
    right: 'params: { width: 8 }\nlayers:\n  - { type: flatten }\n  - { type: dense, units: "${width}" }',
  },
  // Blocks.
  'unknown-block': {
    kind: 'spec',
    title: 'the use of a block that does not exist',
    explanation:
      'Blocks are defined in `blocks`, or come from a file that `include` names. The nearest spelling is suggested.',
    wrong:
      'blocks:\n  head:\n    layers:\n      - { type: flatten }\nlayers:\n  - { use: haed }\n  - { type: dense, units: 4 }',
    right:
      'blocks:\n  head:\n    layers:\n      - { type: flatten }\nlayers:\n  - { use: head }\n  - { type: dense, units: 4 }',
  },
  'recursive-block': {
    kind: 'spec',
    title: 'a block that uses itself',
    explanation:
      'Such a block would have no end, whatever its params say. The message shows the way back to it, which may lead through other blocks. What is to be done several times over is written with `repeat`.',
    wrong:
      'blocks:\n  head:\n    layers:\n      - { type: flatten }\n      - { use: head }\nlayers:\n  - { use: head }',
    right: 'blocks:\n  head:\n    layers:\n      - { type: flatten }\nlayers:\n  - { use: head }',
  },
  'duplicate-block': {
    kind: 'spec',
    title: 'two blocks of one name',
    explanation:
      'A file and the files that it includes define each block once, so that its name means one thing. Rename one of them. (A spec that `extends` another one may define its blocks anew.)',
  },
  // Other files.
  'include-outside': {
    kind: 'spec',
    title: 'a file outside the folder of the spec',
    explanation:
      '`include` and `extends` reach files in the spec’s own folder and the folders in it, and nothing else: no absolute paths, no way up, no symbolic link that leads out. So a spec can be checked without reading what it was not given.',
    wrong: 'include: [../blocks.yaml]',
    right: 'include: [common/blocks.yaml]',
  },
  'include-not-found': {
    kind: 'spec',
    title: 'an included file that does not exist',
    explanation: 'Paths in `include` and `extends` are taken from the folder of the file that names them.',
  },
  'include-circular': {
    kind: 'spec',
    title: 'files that include each other',
    explanation:
      'A file includes or extends itself, by itself or through others: the message shows the circle. Move what both need into a file of its own.',
  },
  'include-unreadable': {
    kind: 'spec',
    title: 'an included file that cannot be read',
    explanation:
      'It is no file, is no text, is too large, or may not be read: the message says which. A spec with all its files is at most 1 MiB in 32 files.',
  },
  'include-unavailable': {
    kind: 'spec',
    title: 'an include in a spec that has no folder',
    explanation:
      'The spec was given as a text alone, so that there is nothing to include from. Programs pass `readFile` to `checkSpec` or `compileSpec`; `specFolder` makes one for a file on disk.',
  },
  // Facts that a spec states about itself.
  'expectation-failed': {
    kind: 'spec',
    title: 'a model that is not what its spec expects',
    explanation:
      'The section `expect` states facts about the model: its number of parameters, the shape of its output, its multiply-adds. One of them does not hold. Either the layers are not what they should be, or the statement is out of date.',
    wrong:
      'layers:\n  - { type: flatten }\n  - { type: dense, units: 10 }\nexpect: { parameters: 62006, output: [10] }',
    right:
      'layers:\n  - { type: flatten }\n  - { type: dense, units: 10 }\nexpect: { parameters: 1930, output: [10] }',
  },
  'nothing-to-train': {
    kind: 'spec',
    title: 'a training section for a model without anything to train',
    explanation:
      'Training changes the weights of layers. A model whose layers have none, or all say `trainable: false`, would be the same after it; tfjs refuses to begin. (A warning: the model is built all the same, and can predict.)',
    wrong:
      'input: [8]\nlayers:\n  - { type: dense, units: 10, activation: softmax, trainable: false }\ntraining:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy',
    right:
      'input: [8]\nlayers:\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy',
  },
  'not-one-input': {
    kind: 'spec',
    title: 'a training section for a model that the trainer cannot feed',
    explanation:
      'The trainer trains models with one input and one output. Others can be checked, compiled to TypeScript, built and summarised; train them in a program of your own. (A warning: the model is built all the same.)',
    wrong:
      'inputs: { left: [8, 8, 3], right: [4] }\nlayers:\n  - { type: flatten, from: left, name: flat }\n  - { type: concatenate, from: [flat, right] }\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy',
    right:
      'input: [8, 8, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy',
  },
});
