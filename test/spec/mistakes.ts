/** Fragments of specs with one mistake each, the place of it in «», and what is said about it. */
export const mistakes: readonly (readonly [name: string, given: string, ...want: string[]])[] = [
  [
    'another case',
    '- { type: «MaxPooling2D» }',
    'unknown-layer-type there is no layer type "MaxPooling2D" (did you mean \'maxPooling2d\'?)',
  ],
  [
    'PyTorch’s word',
    '- { type: «maxPool2d» }',
    'unknown-layer-type there is no layer type "maxPool2d" (did you mean \'maxPooling2d\'?)',
  ],
  [
    'another name of tfjs’s own',
    '- { type: «avgPooling2d» }',
    'unknown-layer-type there is no layer type "avgPooling2d" (did you mean \'averagePooling2d\'?)',
  ],
  [
    'the same, without a mapping',
    '- «avgPool1d»',
    'wrong-type layers[0]: expected a mapping with a \'type\', found "avgPool1d" (write { type: averagePooling1d })',
  ],
  [
    'a layer that is left out',
    '- { type: «Resizing», height: 4, width: 4 }',
    'unknown-layer-type there is no layer type "Resizing" (it is left out: tfjs infers its shape without the batch, and throws when a model computes it)',
  ],
  [
    'an activation as a layer',
    '- { type: «sigmoid» }',
    'unknown-layer-type there is no layer type "sigmoid" (write { type: activation, activation: sigmoid })',
  ],
  [
    'relu as a layer',
    '- { type: «relu» }',
    'unknown-layer-type there is no layer type "relu" (did you mean \'reLU\'?)',
  ],
  [
    'tfjs’s odd case',
    '- { type: «cropping2d», cropping: 1 }',
    'unknown-layer-type there is no layer type "cropping2d" (did you mean \'cropping2D\'?)',
  ],
  [
    'an input layer',
    '- { type: «inputLayer» }',
    'unknown-layer-type there is no layer type "inputLayer" (the shape of the input stands in \'input\', above the layers)',
  ],
  ['a type that is no word', '- { type: «3» }', 'wrong-type layers[0].type: expected a layer type, found 3'],
  [
    'no type',
    '- «»{ units: 3 }',
    "missing-option layers[0] needs a 'type', or 'use', 'parallel' or 'repeat'",
  ],
  [
    'a misspelt type',
    '- { «typ»: dense, units: 3 }',
    "missing-option layers[0] needs a 'type', or 'use', 'parallel' or 'repeat' (did you mean 'type' by 'typ'?)",
  ],
  [
    'a glued type',
    '- { «type:dense», units: 3 }',
    "missing-option layers[0] needs a 'type', or 'use', 'parallel' or 'repeat' (write 'type: dense')",
  ],
  [
    'a bare word',
    '- «flatten»',
    'wrong-type layers[0]: expected a mapping with a \'type\', found "flatten" (write { type: flatten })',
  ],
  ['a number for a layer', '- «12»', "wrong-type layers[0]: expected a mapping with a 'type', found 12"],
  [
    'a misspelt option',
    '- { type: dense, units: 3, «activaton»: relu }',
    "unknown-option dense has no option 'activaton' (did you mean 'activation'?)",
  ],
  [
    'an option of another layer',
    '- { type: dense, units: 3, «poolSize»: 2 }',
    "unknown-option dense has no option 'poolSize' (its options are units, activation, useBias, kernelInitializer, kernelRegularizer, kernelConstraint, biasInitializer, biasRegularizer, biasConstraint and trainable)",
  ],
  [
    'an option by PyTorch’s name, once',
    '- { type: conv2d, «out_channels»: 3, kernelSize: 3 }',
    "unknown-option conv2d has no option 'out_channels' (did you mean 'filters'?)",
  ],
  [
    'two letters the wrong way round',
    '- { type: dense, «untis»: 3 }',
    "unknown-option dense has no option 'untis' (did you mean 'units'?)",
  ],
  ['a missing option', '- { type: «dense» }', "missing-option dense needs 'units': a positive integer"],
  [
    'two missing options',
    '- { type: «conv2d» }',
    "missing-option conv2d needs 'filters': a positive integer",
    "missing-option conv2d needs 'kernelSize': a positive integer, or a list of 2 positive integers",
  ],
  [
    'a word for a number',
    '- { type: dense, units: «ten» }',
    'wrong-type layers[0].units: expected a positive integer, found "ten"',
  ],
  [
    'a number in quotes',
    '- { type: dense, units: «"10"» }',
    'wrong-type layers[0].units: expected a positive integer, found "10" (write 10 without quotes)',
  ],
  [
    'a number with separators',
    '- { type: dense, units: «1_000» }',
    'wrong-type layers[0].units: expected a positive integer, found "1_000" (write 1000)',
  ],
  [
    'half a unit',
    '- { type: dense, units: «10.5» }',
    'wrong-type layers[0].units: expected a positive integer, found 10.5',
  ],
  [
    'no units',
    '- { type: dense, units: «0» }',
    'out-of-range layers[0].units: expected a positive integer, found 0',
  ],
  [
    'more than can be counted',
    '- { type: maxPooling2d, strides: «1e12» }',
    'out-of-range layers[0].strides: expected a positive integer of at most 2147483647, found 1000000000000',
  ],
  [
    'nothing',
    '- { type: dense, units: «»}',
    'wrong-type layers[0].units: expected a positive integer, found nothing (give it a value)',
  ],
  [
    'a list for a number',
    '- { type: dense, units: «[10]» }',
    'wrong-type layers[0].units: expected a positive integer, found [10]',
  ],
  [
    'yes for true',
    '- { type: dense, units: 3, useBias: «yes» }',
    'wrong-type layers[0].useBias: expected true or false, found "yes" (write true)',
  ],
  [
    '0 for false',
    '- { type: dense, units: 3, useBias: «0» }',
    'wrong-type layers[0].useBias: expected true or false, found 0 (write false)',
  ],
  [
    'Keras’s padding',
    '- { type: conv2d, filters: 3, kernelSize: 3, padding: «SAME» }',
    'unknown-value layers[0].padding: expected valid or same, found "SAME" (did you mean \'same\'?)',
  ],
  [
    'a number for a word',
    '- { type: conv2d, filters: 3, kernelSize: 3, padding: «1» }',
    'wrong-type layers[0].padding: expected valid or same, found 1',
  ],
  [
    'a size in words',
    '- { type: conv2d, filters: 3, kernelSize: «3x5» }',
    'wrong-type layers[0].kernelSize: expected a positive integer, or a list of 2 positive integers, found "3x5" (write [3, 5])',
  ],
  [
    'too few sizes',
    '- { type: conv2d, filters: 3, kernelSize: «[3]» }',
    'out-of-range layers[0].kernelSize: expected a list of 2 positive integers, found [3]',
  ],
  [
    'a wrong item',
    '- { type: conv2d, filters: 3, kernelSize: [3, «x»] }',
    'wrong-type layers[0].kernelSize[1]: expected a positive integer, found "x"',
  ],
  [
    'a size of zero',
    '- { type: conv2d, filters: 3, kernelSize: [3, «0»] }',
    'out-of-range layers[0].kernelSize[1]: expected a positive integer, found 0',
  ],
  [
    'lists of lists',
    '- { type: zeroPadding2d, padding: [[1, 2], «[3]»] }',
    'out-of-range layers[0].padding[1]: expected a list of 2 integers, found [3]',
  ],
  [
    'a negative margin',
    '- { type: zeroPadding2d, padding: [[1, 2], [3, «-1»]] }',
    'out-of-range layers[0].padding[1][1]: expected an integer of at least 0, found -1',
  ],
  [
    'a rate of one',
    '- { type: dropout, rate: «1» }',
    'out-of-range layers[0].rate: expected a number of at least 0 and less than 1, found 1',
  ],
  [
    'an unknown option of an initializer',
    '- { type: dense, units: 3, kernelInitializer: { type: randomNormal, «std»: 1 } }',
    "unknown-option randomNormal has no option 'std' (did you mean 'stddev'?)",
  ],
  [
    'a name that needs options',
    '- { type: dense, units: 3, kernelInitializer: «constant» }',
    "missing-option layers[0].kernelInitializer: 'constant' cannot do without options (write { type: constant, value: … })",
  ],
  [
    'a choice without a type',
    '- { type: dense, units: 3, «kernelInitializer»: { stddev: 1 } }',
    "missing-option layers[0].kernelInitializer needs a 'type'",
  ],
  [
    'a number for a choice',
    '- { type: dense, units: 3, kernelInitializer: «3» }',
    "wrong-type layers[0].kernelInitializer: expected a name, or a mapping with a 'type', found 3",
  ],
  [
    'a wrong type and a wrong option',
    '- { type: dense, units: 3, kernelRegularizer: { type: «L2», «lambda»: 1 } }',
    'unknown-value layers[0].kernelRegularizer.type: expected l1, l2 or l1l2, found "L2" (did you mean \'l2\'?)',
    "unknown-option l2 has no option 'lambda' (its only option is 'l2')",
  ],
  [
    'a name with a space',
    '- { type: flatten, name: «a b» }',
    'invalid-name layers[0].name: expected a letter, then letters, digits and underscores, found "a b"',
  ],
  [
    'a name that is a number',
    '- { type: flatten, name: «3» }',
    'wrong-type layers[0].name: expected text, found 3',
  ],
  [
    'a name twice',
    '- { type: dense, units: 1, name: f }\n- { type: dense, units: 2, name: «f» }',
    'duplicate-name two steps are called "f" (the first one is in line 4)',
  ],
  [
    'a name twice by an alias',
    '- &a { type: dense, units: 1, name: f }\n- «*a»',
    'duplicate-name two steps are called "f" (the first one is in line 4)',
  ],
  ['an unknown section', '«nme»: x', "unknown-option a spec has no section 'nme' (did you mean 'name'?)"],
  [
    'a section in the wrong place',
    '«epochs»: 3',
    "unknown-option a spec has no section 'epochs' (it belongs into 'training': epochs)",
  ],
  [
    'an input of one number',
    'input: «784»',
    'wrong-type input: expected a list of 1 to 5 positive integers, found 784 (write [784])',
  ],
  [
    'an input with the batch',
    'input: [«null», 8, 8, 3]',
    'wrong-type input[0]: expected a positive integer, found nothing (leave the size of the batch out, and give every other size)',
  ],
  [
    'an empty input',
    'input: «[]»',
    'out-of-range input: expected a list of 1 to 5 positive integers, found an empty list',
  ],
  [
    'no layers',
    'layers: «[]»',
    'out-of-range layers: expected a list of 1 to 10000 layers, found an empty list',
  ],
  [
    'layers as a mapping',
    'layers: «{ c1: conv2d }»',
    'wrong-type layers: expected a list of 1 to 10000 layers, found a mapping',
  ],
  ['a negative seed', 'seed: «-1»', 'out-of-range seed: expected an integer of at least 0, found -1'],
  ['a number for a text', 'description: «3»', 'wrong-type description: expected text, found 3 (write "3")'],
  [
    'nothing for training',
    'training:«»',
    'wrong-type training: expected a mapping, found nothing (give it a value)',
  ],
  [
    'a learning rate in training',
    'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  «lr»: 0.1',
    "unknown-option training has no option 'lr' (it belongs to the optimizer: { type: adam, learningRate: … })",
  ],
  [
    'snake case',
    'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  «batch_size»: 3',
    "unknown-option training has no option 'batch_size' (did you mean 'batchSize'?)",
  ],
  [
    'one metric',
    'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  metrics: «accuracy»',
    'wrong-type training.metrics: expected a list of names, found "accuracy" (write [accuracy])',
  ],
  [
    'a metric twice',
    'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  metrics: [accuracy, mse, «accuracy»]',
    'out-of-range training.metrics: expected each value once, found "accuracy" again',
  ],
  [
    'no epochs',
    'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  epochs: «0»',
    'out-of-range training.epochs: expected a positive integer of at most 1000000, found 0',
  ],
  [
    'a column that is not there',
    'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  checkpoint: { monitor: «val_accuracy» }',
    'unknown-monitor training.checkpoint.monitor: the history has no column "val_accuracy" (its columns are loss and val_loss; add accuracy to the metrics to have this one)',
  ],
  [
    'a misspelt column',
    'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  checkpoint: { monitor: «valloss» }',
    'unknown-monitor training.checkpoint.monitor: the history has no column "valloss" (did you mean \'val_loss\'?)',
  ],
  [
    'a column of metrics with faults of their own',
    'training:\n  dataset: synthetic\n  optimizer: adam\n  loss: categoricalCrossentropy\n  metrics: [«acuracy»]\n  checkpoint: { monitor: val_accuracy }',
    'unknown-value training.metrics[0]: expected accuracy, acc, crossentropy, ce, binaryAccuracy, categoricalAccuracy, precision, categoricalCrossentropy, sparseCategoricalCrossentropy, mse, MSE, mae, MAE, mape, MAPE or cosine, found "acuracy" (did you mean \'accuracy\'?)',
  ],
  [
    'an empty training section',
    '«training»: {}',
    "missing-option training needs 'dataset'",
    "missing-option training needs 'optimizer'",
    "missing-option training needs 'loss': binaryCrossentropy, categoricalCrossentropy, categoricalHinge, cosineProximity, hinge, kullbackLeiblerDivergence, logcosh, meanAbsoluteError, meanAbsolutePercentageError, meanSquaredError, meanSquaredLogarithmicError, poisson, sparseCategoricalCrossentropy or squaredHinge",
  ],
  [
    'an optimizer without its rate',
    'training:\n  dataset: synthetic\n  optimizer: «sgd»\n  loss: categoricalCrossentropy\n  ',
    "missing-option training.optimizer: 'sgd' cannot do without options (write { type: sgd, learningRate: … })",
  ],
];
