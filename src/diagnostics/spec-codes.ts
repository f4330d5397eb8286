/** Codes of a spec's content: its values, its layers in their places, and its training. */
import { codeTable } from './code-entry.js';

export const specCodes = codeTable({
  // Values.
  'unknown-option': {
    kind: 'spec',
    title: 'an option that this layer or section does not have',
    explanation:
      'Specs are strict at every depth, so a misspelt key is never ignored. The nearest known spelling is suggested; the spec reference lists every option of every layer.',
    wrong: '- { type: dense, units: 10, activaton: softmax }',
    right: '- { type: dense, units: 10, activation: softmax }',
  },
  'missing-option': {
    kind: 'spec',
    title: 'an option that must be given',
    explanation:
      'The layer or section has no default for this option. The spec reference says what it may be.',
    wrong: '- { type: dense }',
    right: '- { type: dense, units: 10 }',
  },
  'wrong-type': {
    kind: 'spec',
    title: 'a value of the wrong kind',
    explanation:
      'For example text where a number is expected. Note that YAML reads `yes` and `"10"` as text, and `10` and `1e-3` as numbers.',
    wrong: '- { type: dense, units: ten }',
    right: '- { type: dense, units: 10 }',
  },
  'out-of-range': {
    kind: 'spec',
    title: 'a number or a list outside its limits',
    explanation: 'The value is of the right kind, but too small, too large, too short or too long.',
    wrong: '- { type: dense, units: 0 }',
    right: '- { type: dense, units: 10 }',
  },
  'unknown-layer-type': {
    kind: 'spec',
    title: 'a layer type that does not exist',
    explanation:
      'Layer types are named as the functions of `tf.layers`: `conv2d`, `maxPooling2d`, `dense`. The nearest known type is suggested; the spec reference lists all of them. [Layers of your own](own-layers.md) are known where `--layers` names their module.',
    wrong: '- { type: conv2D, filters: 6, kernelSize: 5 }',
    right: '- { type: conv2d, filters: 6, kernelSize: 5 }',
  },
  'unknown-value': {
    kind: 'spec',
    title: 'a word that is not one of those allowed here',
    explanation:
      'The option takes one of a few words, spelt as in TensorFlow.js. The nearest one is suggested.',
    wrong: '- { type: dense, units: 10, activation: softmx }',
    right: '- { type: dense, units: 10, activation: softmax }',
  },
  'invalid-name': {
    kind: 'spec',
    title: 'a name with characters that a name cannot have',
    explanation:
      'Names of layers end up in generated code and in the names of weights: a letter, then letters, digits and underscores, at most 64 in all. The name of a model may also hold hyphens.',
    wrong: '- { name: 1st layer, type: flatten }',
    right: '- { name: first_layer, type: flatten }',
  },
  'duplicate-name': {
    kind: 'spec',
    title: 'two layers with the same name',
    explanation:
      'Weights are stored by the name of their layer, so names are unique. A layer without a name gets one by itself.',
    wrong: 'layers:\n  - { name: f1, type: flatten }\n  - { name: f1, type: dense, units: 10 }',
    right: 'layers:\n  - { name: flat, type: flatten }\n  - { name: f1, type: dense, units: 10 }',
  },
  // Layers in their places.
  'kernel-larger-than-input': {
    kind: 'spec',
    title: 'a kernel or pooling window that does not fit into its input',
    explanation:
      'With `padding: valid` a window must fit into the image that it slides over. Use a smaller window, `padding: same`, or fewer pooling layers before it.',
    wrong: 'input: [4, 4, 3]\nlayers:\n  - { type: conv2d, filters: 8, kernelSize: 5 }',
    right: 'input: [4, 4, 3]\nlayers:\n  - { type: conv2d, filters: 8, kernelSize: 5, padding: same }',
  },
  'wrong-input-rank': {
    kind: 'spec',
    title: 'a layer that gets an input with the wrong number of dimensions',
    explanation:
      'Each layer works on inputs of a certain rank: `conv2d` and the 2-D poolings on [height, width, channels], and so on. Insert `flatten`, `reshape` or a global pooling to change the rank.',
    wrong: 'input: [28, 28]\nlayers:\n  - { type: conv2d, filters: 8, kernelSize: 3 }',
    right: 'input: [28, 28, 1]\nlayers:\n  - { type: conv2d, filters: 8, kernelSize: 3 }',
  },
  'shape-mismatch': {
    kind: 'spec',
    title: 'a layer whose options do not fit the shape of its input',
    explanation:
      'The options are valid by themselves but impossible for the input that reaches the layer, for example a `reshape` to another number of values, or a crop larger than the image.',
    wrong: 'input: [4, 4, 3]\nlayers:\n  - { type: reshape, targetShape: [7, 7] }',
    right: 'input: [4, 4, 3]\nlayers:\n  - { type: reshape, targetShape: [16, 3] }',
  },
  'conflicting-options': {
    kind: 'spec',
    title: 'two options that cannot be used together',
    explanation:
      'For example, a convolution cannot have both `strides` and `dilationRate` larger than one: tfjs computes no such convolution.',
    wrong: '- { type: conv2d, filters: 8, kernelSize: 3, strides: 2, dilationRate: 2 }',
    right: '- { type: conv2d, filters: 8, kernelSize: 3, dilationRate: 2 }',
  },
  'axis-out-of-range': {
    kind: 'spec',
    title: 'an axis that the input does not have',
    explanation:
      'Axes are counted as tfjs counts them: 0 is the batch, 1 the first dimension of an example, -1 the last one. A layer cannot work along the batch.',
    wrong: 'input: [8, 8, 3]\nlayers:\n  - { type: layerNormalization, axis: 4 }',
    right: 'input: [8, 8, 3]\nlayers:\n  - { type: layerNormalization, axis: -1 }',
  },
  'weight-option-mismatch': {
    kind: 'spec',
    title: 'an initializer or constraint that does not fit its weight',
    explanation:
      'Some initializers and constraints need weights of certain shapes: `identity` a square matrix, `orthogonal` at least two dimensions, a norm an axis that the weight has. Bounds must not be the wrong way round either.',
    wrong: 'input: [4]\nlayers:\n  - { type: dense, units: 3, kernelInitializer: identity }',
    right: 'input: [4]\nlayers:\n  - { type: dense, units: 3, kernelInitializer: orthogonal }',
  },
  'not-trainable': {
    kind: 'spec',
    title: 'an option with which tfjs computes a layer but cannot train it',
    explanation:
      'tfjs has no gradient for a few things that it computes: convolutions with a `dilationRate` above 1, `batchNormalization` along another axis than the last, normalizations without `center` or `scale`, and `thresholdedReLU`. A model with such a layer can be compiled and used, not trained.',
    wrong:
      'input: [8, 8, 3]\nlayers:\n  - { type: batchNormalization, scale: false }\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy',
    right:
      'input: [8, 8, 3]\nlayers:\n  - { type: batchNormalization }\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy',
  },
  // The model as a whole, its data and its loss.
  'tensor-too-large': {
    kind: 'spec',
    title: 'a tensor too large to exist',
    explanation:
      'A weight or an output would hold more than 2^31 - 1 values, which no backend can address. Usually a number is mistyped, or an image is flattened before it was made small.',
    wrong: '- { type: dense, units: 1000000000 }',
    right: '- { type: dense, units: 1000 }',
  },
  'input-data-mismatch': {
    kind: 'spec',
    title: 'an input that is not the shape of the data set’s examples',
    explanation:
      '`input` is the shape of one example, and the data set has examples of another shape. CIFAR-10 has images of 32x32x3.',
    wrong:
      'input: [28, 28, 1]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: cifar10\n  optimizer: adam\n  loss: sparseCategoricalCrossentropy',
    right:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: cifar10\n  optimizer: adam\n  loss: sparseCategoricalCrossentropy',
  },
  'loss-shape-mismatch': {
    kind: 'spec',
    title: 'an output that the loss cannot compare with the labels',
    explanation:
      'The labels of a data set of ten classes make the loss expect an output of ten numbers an example. End the model with a `dense` layer of as many units as there are classes, after a `flatten` or a global pooling.',
    wrong:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 9, activation: softmax }\ntraining:\n  dataset: cifar10\n  optimizer: adam\n  loss: sparseCategoricalCrossentropy',
    right:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: cifar10\n  optimizer: adam\n  loss: sparseCategoricalCrossentropy',
  },
  'metric-shape-mismatch': {
    kind: 'spec',
    title: 'a metric that cannot compare the output with the labels',
    explanation:
      'The metric `sparseCategoricalCrossentropy` looks for the value of a class among those of the output, so that a model which ends with one number, as regressions do, cannot be measured with it.',
    wrong:
      'input: [8]\nlayers:\n  - { type: dense, units: 1 }\ntraining:\n  dataset: synthetic\n  optimizer: adam\n  loss: meanSquaredError\n  metrics: [sparseCategoricalCrossentropy]\n  checkpoint: { monitor: val_loss }',
    right:
      'input: [8]\nlayers:\n  - { type: dense, units: 1 }\ntraining:\n  dataset: synthetic\n  optimizer: adam\n  loss: meanSquaredError\n  metrics: [mae]\n  checkpoint: { monitor: val_loss }',
  },
  'unknown-monitor': {
    kind: 'spec',
    title: 'a checkpoint that watches a column which does not exist',
    explanation:
      'The history of a run has the columns `loss`, one for each metric, and each of these again with `val_` before it. `monitor` names one of them.',
    wrong:
      'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  metrics: []\n  checkpoint: { monitor: val_accuracy }',
    right:
      'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  metrics: [accuracy]\n  checkpoint: { monitor: val_accuracy }',
  },
  'loss-without-probabilities': {
    kind: 'spec',
    title: 'a cross-entropy of something that is not probabilities',
    explanation:
      'The categorical cross-entropies take the logarithm of the model’s outputs, which must be probabilities: end the model with a softmax. (A warning: the model is built all the same.)',
    wrong:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10 }\ntraining:\n  dataset: cifar10\n  optimizer: adam\n  loss: sparseCategoricalCrossentropy',
    right:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }\ntraining:\n  dataset: cifar10\n  optimizer: adam\n  loss: sparseCategoricalCrossentropy',
  },
  'constant-output': {
    kind: 'spec',
    title: 'a softmax over a single value',
    explanation:
      'Softmax makes its values add up to 1, so that a single one is always 1, whatever the weights are, and nothing is learnt. Use `sigmoid` for one output, or one unit for each class. (A warning: the model is built all the same.)',
    wrong: '- { type: dense, units: 1, activation: softmax }',
    right: '- { type: dense, units: 1, activation: sigmoid }',
  },
});
