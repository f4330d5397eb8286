/** Codes of layers that join several inputs, or hold other layers, and of layers that users define. */
import { codeTable } from './code-entry.js';

export const layerCodes = codeTable({
  'wrong-input-count': {
    kind: 'spec',
    title: 'a layer with too few or too many inputs',
    explanation:
      'Merge layers (`add`, `concatenate`, `dot` and so on) join at least two inputs, which `from: [a, b]` names; all others take one.',
    wrong: '- { type: dense, units: 4, name: a }\n- { type: add }',
    right:
      '- { type: dense, units: 4, name: a }\n- { type: dense, units: 4, name: b }\n- { type: add, from: [a, b] }',
  },
  'shapes-do-not-join': {
    kind: 'spec',
    title: 'branches whose shapes cannot be joined',
    explanation:
      'Elementwise merge layers need inputs of equal sizes along each axis, or of size 1, which is repeated; `concatenate` needs equal sizes along all axes but its own; `dot` along the two axes that it sums over. The message shows all shapes: change a branch so that they agree.',
    wrong:
      '- { type: dense, units: 4, name: a }\n- { type: dense, units: 3, name: b }\n- { type: add, from: [a, b] }',
    right:
      '- { type: dense, units: 4, name: a }\n- { type: dense, units: 4, name: b }\n- { type: add, from: [a, b] }',
  },
  'unsuitable-nested-layer': {
    kind: 'spec',
    title: 'a layer that cannot stand inside this one',
    explanation:
      '`bidirectional` runs a recurrent layer in both directions: simpleRNN, gru, lstm or convLstm2d. tfjs copies it by its configuration, which fails for all others.',
    wrong: 'input: [5, 3]\nlayers:\n  - { type: bidirectional, layer: { type: dense, units: 4 } }',
    right: 'input: [5, 3]\nlayers:\n  - { type: bidirectional, layer: { type: gru, units: 4 } }',
  },
  'unusable-mask': {
    kind: 'spec',
    title: 'a layer that tfjs would give a wrong mask',
    explanation:
      '`masking`, and `embedding` with `maskZero`, mark the steps that recurrent layers skip. tfjs hands the mask on to every recurrent layer that it computes later, even where another layer has changed the steps in between, and it loses it in merge layers other than `concatenate`. A `softmax` layer takes any mask that was there before it for one of its own values: write `{ type: activation, activation: softmax }`. The results would be wrong without a word, so this is an error.',
    wrong:
      'input: [5, 3]\nlayers:\n  - { type: masking }\n  - { type: lstm, units: 4 }\n  - { type: repeatVector, n: 5 }\n  - { type: lstm, units: 4 }',
    right:
      'input: [5, 3]\nlayers:\n  - { type: masking }\n  - { type: lstm, units: 4, returnSequences: true }\n  - { type: lstm, units: 4 }',
  },
  'spoiled-input-shape': {
    kind: 'spec',
    title: 'a layer that has to stand right after a reshape',
    explanation:
      'The classes of `categoryEncoding` and `centerCrop` in tfjs write the shape of their output into that of their input, so that a model in which they come first, or after a layer that keeps its shape, takes no input any more. Put a `reshape` before them, to the shape that is there anyway, whose output nothing else takes.',
    wrong: 'input: [3]\nlayers:\n  - { type: categoryEncoding, numTokens: 10 }',
    right:
      'input: [3]\nlayers:\n  - { type: reshape, targetShape: [3] }\n  - { type: categoryEncoding, numTokens: 10 }',
  },
  'not-compilable': {
    kind: 'usage',
    title: 'a layer that the compiled engine does not cover',
    explanation:
      'The compiled engine runs a spec as a WebAssembly program of its own. It covers all layers but the recurrent ones, `embedding`, those of three dimensions, and layers of your own that are defined without a `forward`; the spec reference lists them. TensorFlow.js trains all of them.',
    wrong: 'speccc train lstm.yaml --engine compiled',
    right: 'speccc train lstm.yaml --engine tfjs',
  },
  'slow-initializer': {
    kind: 'spec',
    title: 'a weight that takes long to start',
    explanation:
      '`orthogonal`, which recurrent layers use for their state where nothing is said, takes tfjs some 7 seconds for an lstm of 64 units and 40 for one of 128. Any other initializer starts at once. (A warning: the model is built all the same.)',
    wrong: 'input: [5, 3]\nlayers:\n  - { type: lstm, units: 200 }',
    right: 'input: [5, 3]\nlayers:\n  - { type: lstm, units: 200, recurrentInitializer: glorotUniform }',
  },
  'invalid-layer-definition': {
    kind: 'usage',
    title: 'a layer of your own that cannot join the others',
    explanation:
      'Types of layers are letters and digits, a letter first, and there is one layer of each type. A layer of your own says which class makes it, and under which name which module exports that class, so that it can be built and printed. The class extends `tf.layers.Layer` of the TensorFlow.js that speccc uses, takes its options as one object, and gives the output shape that its definition says. [The guide](own-layers.md) shows it all.',
  },
  'layers-not-loaded': {
    kind: 'usage',
    title: 'a module of layers that cannot be loaded',
    explanation:
      '`--layers` names a JavaScript module that exports kinds of layers, each made by `defineLayer`, `defineMergeLayer` or `defineCell`. The path starts at the current folder. What the module imports (`speccc`, `@tensorflow/tfjs`) is looked up from where it lies. [The guide](own-layers.md) shows one.',
    wrong: 'speccc validate model.yaml --layers layers.ts',
    right: 'speccc validate model.yaml --layers layers.js',
  },
  'layers-missing': {
    kind: 'usage',
    title: 'a run with layers that are not built in',
    explanation:
      'The run was trained with layers of its user’s own. Its folder says which they are, but does not hold them, and speccc never runs code that a run folder names: give the module that has them with `--layers`.',
    wrong: 'speccc evaluate runs/scaled',
    right: 'speccc evaluate runs/scaled --layers layers.js',
  },
});
