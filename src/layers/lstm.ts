import { defineCell, defineLayer } from './define-layer.js';
import { cellOptions, recurrentCell, recurrentLayer, sequenceOptions, stepOptions } from './recurrent.js';

export const lstm = defineLayer({
  type: 'lstm',
  summary: 'Long short-term memory: a recurrent layer whose gates guard a second state (Hochreiter, 1997).',
  options: { ...cellOptions.lstm, ...sequenceOptions, ...stepOptions },
  ...recurrentLayer(4),
  examples: [
    { input: [4, 3], options: { units: 5 } },
    {
      title: 'with options for its weights',
      input: [3, 2],
      options: {
        units: 4,
        activation: 'softsign',
        recurrentActivation: 'sigmoid',
        useBias: true,
        kernelInitializer: 'glorotUniform',
        kernelConstraint: 'unitNorm',
        recurrentInitializer: { type: 'randomNormal', stddev: 0.1 },
        recurrentConstraint: { type: 'maxNorm', maxValue: 3 },
        biasInitializer: { type: 'randomUniform', minval: 0, maxval: 0.1 },
        biasConstraint: 'nonNeg',
        unitForgetBias: true,
        implementation: 1,
        returnSequences: true,
      },
    },
    {
      title: 'backwards, with dropout',
      input: [4, 3],
      options: { units: 3, useBias: false, dropout: 0.25, recurrentDropout: 0.5, goBackwards: true },
    },
  ],
});

export const lstmCell = defineCell({
  type: 'lstmCell',
  summary: 'One step of lstm.',
  options: cellOptions.lstm,
  ...recurrentCell(4),
  examples: [
    { input: [3], options: { units: 5 } },
    {
      title: 'with options for its weights',
      input: [2],
      options: {
        units: 4,
        activation: 'softsign',
        recurrentActivation: 'sigmoid',
        useBias: true,
        kernelInitializer: 'glorotUniform',
        kernelConstraint: 'unitNorm',
        recurrentInitializer: { type: 'randomNormal', stddev: 0.1 },
        recurrentConstraint: { type: 'maxNorm', maxValue: 3 },
        biasInitializer: { type: 'randomUniform', minval: 0, maxval: 0.1 },
        biasConstraint: 'nonNeg',
        unitForgetBias: true,
        implementation: 1,
      },
    },
  ],
});
