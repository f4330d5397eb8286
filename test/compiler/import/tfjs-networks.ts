/** Networks built with tf.layers as people write them, without seeds: what tfjs saves of them is to be imported. */
import { tf } from './topology.js';

const L = tf.layers;
type Value = tf.SymbolicTensor;
type Layer = InstanceType<typeof L.Layer>;

export interface Network {
  readonly name: string;
  readonly build: () => tf.LayersModel;
  /** Where the inputs are indices. */
  readonly integersBelow?: number;
}

const apply = (layer: { apply(inputs: Value | Value[]): unknown }, ...inputs: Value[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Value;

function convUnit(x: Value, filters: number, kernelSize: number, strides = 1): Value {
  const conv = L.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false });
  return apply(L.reLU(), apply(L.batchNormalization({ momentum: 0.9 }), apply(conv, x)));
}

function residualUnit(x: Value, filters: number, strides: number): Value {
  const conv = (from: Value, size: number, by: number) =>
    apply(
      L.batchNormalization(),
      apply(L.conv2d({ filters, kernelSize: size, strides: by, padding: 'same', useBias: false }), from),
    );
  const first = apply(L.activation({ activation: 'relu' }), conv(x, 3, strides));
  const shortcut = strides === 1 ? x : conv(x, 1, strides);
  return apply(L.activation({ activation: 'relu' }), apply(L.add(), conv(first, 3, 1), shortcut));
}

function inceptionUnit(x: Value, filters: number, strides: number): Value {
  const branches = [
    convUnit(x, filters, 1, strides),
    convUnit(convUnit(x, filters, 1, strides), filters, 3),
    convUnit(convUnit(x, filters, 1, strides), filters, 5),
    convUnit(apply(L.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' }), x), filters, 1, strides),
  ];
  return apply(L.concatenate({ axis: 3 }), ...branches);
}

const sequential = (name: string, layers: () => Layer[], integersBelow?: number): Network => ({
  name,
  build: () => tf.sequential({ layers: layers() }),
  ...(integersBelow !== undefined && { integersBelow }),
});

function functional(
  name: string,
  shapes: readonly (readonly number[])[],
  body: (...inputs: Value[]) => Value | Value[],
): Network {
  return {
    name,
    build() {
      const inputs = shapes.map((shape) => tf.input({ shape: [...shape] }));
      return tf.model({ inputs, outputs: body(...inputs) });
    },
  };
}

export const networks: readonly Network[] = [
  sequential('multi-layer perceptron', () => [
    L.dense({ inputShape: [6], units: 8, activation: 'relu', kernelInitializer: 'heNormal' }),
    L.dropout({ rate: 0.3 }),
    L.dense({ units: 3, activation: 'softmax', kernelInitializer: 'leCunUniform' }),
  ]),
  sequential('logistic regression', () => [L.dense({ inputShape: [4], units: 1, activation: 'sigmoid' })]),
  sequential('LeNet-5', () => [
    L.conv2d({ inputShape: [32, 32, 3], filters: 6, kernelSize: 5, activation: 'sigmoid', name: 'c1' }),
    L.maxPooling2d({ poolSize: 2, strides: 2, name: 'p1' }),
    L.conv2d({ filters: 16, kernelSize: 5, activation: 'sigmoid', name: 'c2' }),
    L.maxPooling2d({ poolSize: 2, strides: 2, name: 'p2' }),
    L.flatten({ name: 'flatten' }),
    L.dense({ units: 120, activation: 'sigmoid', name: 'f1' }),
    L.dense({ units: 84, activation: 'sigmoid', name: 'f2' }),
    L.dense({ units: 10, activation: 'softmax', name: 'f3' }),
  ]),
  sequential('AlexNet, small', () => [
    L.conv2d({ inputShape: [16, 16, 3], filters: 6, kernelSize: 3 }),
    L.batchNormalization(),
    L.activation({ activation: 'relu' }),
    L.maxPooling2d({ poolSize: 3, strides: 2 }),
    L.conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
    L.maxPooling2d({ poolSize: [3, 2], strides: [2, 1] }),
    L.flatten(),
    L.dense({ units: 12, activation: 'relu' }),
    L.dropout({ rate: 0.5, seed: 9 }),
    L.dense({ units: 10, activation: 'softmax' }),
  ]),
  sequential('VGG, small', () => {
    const stage = (filters: number, count: number, shape?: [number, number, number]) =>
      [...Array(count).keys()].flatMap((index) => [
        L.conv2d({
          filters,
          kernelSize: 3,
          padding: 'same',
          ...(index === 0 && shape ? { inputShape: shape } : {}),
          kernelRegularizer: tf.regularizers.l2({ l2: 5e-4 }),
        }),
        L.batchNormalization(),
        L.reLU(),
      ]);
    const pool = () => [
      L.maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' }),
      L.dropout({ rate: 0.2 }),
    ];
    const layers = [
      ...stage(4, 2, [8, 8, 3]),
      ...pool(),
      ...stage(6, 2),
      ...pool(),
      ...stage(8, 3),
      ...pool(),
    ];
    return [...layers, L.flatten(), L.dense({ units: 10, activation: 'softmax' })] as ReturnType<
      typeof L.dense
    >[];
  }),
  functional('Inception10, small', [[8, 8, 3]], (image) => {
    const stages = inceptionUnit(inceptionUnit(convUnit(image, 4, 3), 2, 2), 2, 1);
    return apply(L.dense({ units: 10, activation: 'softmax' }), apply(L.globalAveragePooling2d({}), stages));
  }),
  functional('ResNet18, small', [[8, 8, 3]], (image) => {
    let x = apply(
      L.activation({ activation: 'relu' }),
      apply(
        L.batchNormalization(),
        apply(L.conv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false }), image),
      ),
    );
    for (const [filters, strides] of [
      [4, 1],
      [4, 1],
      [6, 2],
      [6, 1],
    ] as const)
      x = residualUnit(x, filters, strides);
    return apply(
      L.dense({ units: 10, activation: 'softmax', kernelRegularizer: 'l1l2' }),
      apply(L.globalAveragePooling2d({}), x),
    );
  }),
  functional('DenseNet, small', [[6, 6, 2]], (image) => {
    let x = image;
    for (let count = 0; count < 3; count++) {
      x = apply(
        L.concatenate(),
        x,
        apply(L.conv2d({ filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' }), x),
      );
    }
    return apply(L.dense({ units: 3 }), apply(L.globalMaxPooling2d({}), x));
  }),
  functional('squeeze and excitation', [[6, 6, 4]], (image) => {
    const squeezed = apply(L.globalAveragePooling2d({}), image);
    const gate = apply(
      L.dense({ units: 4, activation: 'sigmoid' }),
      apply(L.dense({ units: 2, activation: 'relu' }), squeezed),
    );
    return apply(L.multiply(), image, apply(L.reshape({ targetShape: [1, 1, 4] }), gate));
  }),
  sequential('MobileNet, small', () => [
    L.zeroPadding2d({
      inputShape: [16, 16, 3],
      padding: [
        [0, 1],
        [0, 1],
      ],
    }),
    L.conv2d({ filters: 4, kernelSize: 3, strides: 2, useBias: false }),
    L.batchNormalization({ epsilon: 0.001, momentum: 0.999 }),
    L.reLU({ maxValue: 6 }),
    L.depthwiseConv2d({
      kernelSize: 3,
      padding: 'same',
      depthMultiplier: 2,
      useBias: false,
      depthwiseRegularizer: 'l1l2',
    }),
    L.batchNormalization({ axis: 3 }),
    L.leakyReLU({ alpha: 0.1 }),
    L.separableConv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu6' }),
    L.averagePooling2d({ poolSize: 2, strides: 1 }),
    L.flatten(),
    L.dense({ units: 5 }),
    L.softmax(),
  ]),
  sequential('autoencoder', () => [
    L.conv2d({
      inputShape: [8, 8, 1],
      filters: 3,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      activation: 'elu',
    }),
    L.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'selu' }),
    L.upSampling2d({ size: [2, 1] }),
    L.cropping2D({
      cropping: [
        [1, 2],
        [0, 1],
      ],
    }),
    L.conv2d({
      filters: 1,
      kernelSize: [1, 2],
      activation: 'sigmoid',
      biasInitializer: tf.initializers.constant({ value: 0.2 }),
    }),
  ]),
  functional('U-Net, small', [[8, 8, 1]], (image) => {
    const conv = (x: Value, filters: number) =>
      apply(L.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' }), x);
    const down = conv(image, 2);
    const middle = conv(apply(L.maxPooling2d({ poolSize: 2 }), down), 4);
    const up = apply(L.upSampling2d({ size: [2, 2] }), middle);
    return conv(apply(L.concatenate(), up, down), 1);
  }),
  sequential('variational bottleneck', () => [
    L.dense({
      inputShape: [6],
      units: 4,
      activation: 'tanh',
      kernelInitializer: tf.initializers.randomNormal({ mean: 0.1, stddev: 0.02, seed: 3 }),
    }),
    L.gaussianNoise({ stddev: 0.1 }),
    L.gaussianDropout({ rate: 0.2 }),
    L.dense({
      units: 6,
      kernelConstraint: tf.constraints.maxNorm({ maxValue: 2, axis: 0 }),
      biasConstraint: 'nonNeg',
    }),
  ]),
  sequential('self-normalizing network', () => [
    L.dense({ inputShape: [5], units: 6, activation: 'selu', kernelInitializer: 'leCunNormal' }),
    L.alphaDropout({ rate: 0.1 }),
    L.dense({
      units: 6,
      activation: 'softplus',
      kernelInitializer: tf.initializers.varianceScaling({
        scale: 3,
        mode: 'fanOut',
        distribution: 'uniform',
        seed: 5,
      }),
    }),
    L.layerNormalization(),
    L.dense({ units: 6, activation: 'softsign', kernelInitializer: tf.initializers.identity({ gain: 0.5 }) }),
    L.prelu({ alphaInitializer: 'ones' }),
    L.thresholdedReLU({ theta: 0.1 }),
    L.elu(),
  ]),
  sequential('wide activations', () => [
    L.dense({ inputShape: [4], units: 4, activation: 'swish' }),
    L.dense({ units: 4, activation: 'gelu' }),
    L.dense({ units: 4, activation: 'mish' }),
    L.dense({ units: 4, activation: 'hardSigmoid' }),
    L.rescaling({ scale: 2, offset: -1 }),
  ]),
  sequential('frozen base', () => [
    L.conv2d({ inputShape: [6, 6, 3], filters: 4, kernelSize: 3, trainable: false }),
    L.batchNormalization({ trainable: false }),
    L.flatten(),
    L.dense({ units: 2 }),
  ]),
  sequential('channels first', () => [
    L.conv2d({
      inputShape: [2, 7, 6],
      filters: 3,
      kernelSize: 3,
      dataFormat: 'channelsFirst',
      useBias: false,
    }),
    L.flatten({ dataFormat: 'channelsFirst' }),
  ]),
  sequential('shuffled axes', () => [
    L.permute({ inputShape: [4, 6], dims: [2, 1] }),
    L.reshape({ targetShape: [3, 8] }),
    L.flatten(),
    L.repeatVector({ n: 3 }),
    L.spatialDropout1d({ rate: 0.2 }),
    L.reshape({ targetShape: [2, -1, 4] }),
  ]),
  sequential('1-D convolutions', () => [
    L.conv1d({ inputShape: [16, 2], filters: 4, kernelSize: 3, activation: 'relu', padding: 'same' }),
    L.maxPooling1d({ poolSize: 2 }),
    L.conv1d({ filters: 4, kernelSize: 2, dilationRate: 2 }),
    L.averagePooling1d({ poolSize: 2, strides: 1 }),
    L.globalAveragePooling1d({}),
    L.dense({ units: 2 }),
  ]),
  sequential('1-D convolutions and a maximum', () => [
    L.conv1d({ inputShape: [9, 1], filters: 3, kernelSize: 4, strides: 2 }),
    L.globalMaxPooling1d({}),
  ]),
  sequential('3-D convolutions', () => [
    L.conv3d({ inputShape: [5, 5, 5, 1], filters: 2, kernelSize: 2, activation: 'relu' }),
    L.maxPooling3d({ poolSize: 2 }),
    L.conv3d({ filters: 2, kernelSize: [1, 2, 1], padding: 'same' }),
    L.averagePooling3d({ poolSize: [1, 2, 1], strides: [1, 1, 1] }),
    L.flatten(),
  ]),
  sequential('simple recurrent network', () => [
    L.simpleRNN({ inputShape: [5, 3], units: 4, returnSequences: true }),
    L.simpleRNN({ units: 2, activation: 'relu', recurrentInitializer: 'glorotUniform' }),
  ]),
  sequential('LSTM', () => [
    L.lstm({
      inputShape: [5, 3],
      units: 4,
      returnSequences: true,
      recurrentActivation: 'sigmoid',
      unitForgetBias: true,
    }),
    L.lstm({ units: 3, goBackwards: true, dropout: 0.1, recurrentDropout: 0.2, useBias: false }),
    L.dense({ units: 2, activation: 'softmax' }),
  ]),
  sequential('GRU', () => [
    L.gru({ inputShape: [5, 3], units: 4, returnSequences: true }),
    L.gru({ units: 3, recurrentConstraint: 'unitNorm', biasInitializer: 'ones' }),
  ]),
  sequential(
    'text classifier',
    () =>
      [
        L.embedding({ inputDim: 20, outputDim: 6, inputLength: 8 }),
        L.bidirectional({ layer: L.lstm({ units: 3, returnSequences: true }) as never, mergeMode: 'concat' }),
        L.bidirectional({ layer: L.gru({ units: 3 }) as never, mergeMode: 'sum' }),
        L.dense({ units: 2, activation: 'softmax' }),
      ] as Layer[],
    20,
  ),
  sequential('masked sequences', () => [
    L.masking({ inputShape: [4, 2], maskValue: 0.5 }),
    L.lstm({ units: 3 }),
  ]),
  sequential('stacked cells', () => [
    L.rnn({
      inputShape: [5, 3],
      cell: [L.lstmCell({ units: 4 }), L.gruCell({ units: 2 })] as never,
      returnSequences: true,
    }),
    L.rnn({ cell: L.simpleRNNCell({ units: 3, activation: 'sigmoid' }) as never }),
  ]),
  sequential('layers over time', () => [
    L.timeDistributed({ inputShape: [4, 3], layer: L.dense({ units: 5, activation: 'tanh' }) }),
    L.timeDistributed({ layer: L.dropout({ rate: 0.1 }) as never }),
    L.lstm({ units: 2 }),
  ]),
  sequential('images over time', () => [
    L.timeDistributed({ inputShape: [3, 6, 6, 1], layer: L.conv2d({ filters: 2, kernelSize: 3 }) as never }),
    L.convLstm2d({ filters: 2, kernelSize: 2, returnSequences: true }) as never,
    L.convLstm2d({ filters: 2, kernelSize: 2, padding: 'same' }) as never,
    L.globalAveragePooling2d({}),
  ]),
  sequential('preprocessing', () => [
    L.reshape({ inputShape: [64], targetShape: [8, 8, 1] }),
    L.centerCrop({ height: 4, width: 4 }) as never,
    L.flatten(),
  ]),
  sequential(
    'categories',
    () => [
      L.reshape({ inputShape: [4], targetShape: [4] }),
      L.categoryEncoding({ numTokens: 6, outputMode: 'multiHot' }) as never,
      L.dense({ units: 2 }),
    ],
    6,
  ),
  functional('several inputs and outputs', [[6, 6, 2], [4]], (image, extra) => {
    const pixels = apply(L.flatten(), apply(L.conv2d({ filters: 2, kernelSize: 3 }), image));
    const both = apply(L.concatenate(), pixels, apply(L.dense({ units: 8, activation: 'elu' }), extra));
    return [
      apply(L.dense({ units: 3, name: 'first' }), both),
      apply(L.dense({ units: 1, name: 'second' }), both),
    ];
  }),
  functional('all merges', [[4], [4]], (a, b) => {
    const joined = [L.add(), L.average(), L.multiply(), L.maximum(), L.minimum()].map((layer) =>
      apply(layer, a, b),
    );
    return [apply(L.concatenate(), ...joined), apply(L.dot({ axes: 1, normalize: true }), a, b)];
  }),
  functional('siamese', [[5], [5]], (a, b) => {
    const one = apply(L.dense({ units: 3, name: 'left' }), a);
    const other = apply(L.dense({ units: 3, name: 'right' }), b);
    return apply(L.dense({ units: 1, activation: 'sigmoid' }), apply(L.dot({ axes: -1 }), one, other));
  }),
  {
    name: 'models inside a model',
    build() {
      const base = tf.sequential({
        name: 'base',
        layers: [
          L.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3 }),
          L.batchNormalization(),
          L.reLU(),
        ],
      });
      const half = tf.input({ shape: [4, 4, 3] });
      const x = apply(L.conv2d({ filters: 2, kernelSize: 1 }), half);
      const head = tf.model({
        name: 'head',
        inputs: half,
        outputs: [apply(L.flatten(), x), apply(L.globalAveragePooling2d({}), half)],
      });
      const image = tf.input({ shape: [6, 6, 2], name: 'picture' });
      const [flat, pooled] = head.apply(base.apply(image) as Value) as Value[];
      return tf.model({
        inputs: image,
        outputs: apply(L.dense({ units: 2 }), apply(L.concatenate(), pooled!, flat!)),
        name: 'outer',
      });
    },
  },
  {
    name: 'a model in a sequential',
    build() {
      const base = tf.sequential({
        layers: [L.dense({ inputShape: [4], units: 5 }), L.dropout({ rate: 0.5 })],
      });
      return tf.sequential({ layers: [base, L.dense({ units: 2 })] });
    },
  },
];
