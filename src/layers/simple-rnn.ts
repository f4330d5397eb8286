import { defineCell, defineLayer } from './define-layer.js';
import { cellOptions, recurrentCell, recurrentLayer, sequenceOptions, stepOptions } from './recurrent.js';

export const simpleRNN = defineLayer({
  type: 'simpleRNN',
  summary: 'Recurrent layer whose state is a function of the step’s values and the state before it.',
  options: { ...cellOptions.simpleRNN, ...sequenceOptions, ...stepOptions },
  ...recurrentLayer(1),
  examples: [
    { input: [4, 3], options: { units: 5 } },
    {
      title: 'with options for its weights',
      input: [3, 2],
      options: {
        units: 4,
        activation: 'relu',
        useBias: true,
        kernelInitializer: 'heNormal',
        kernelConstraint: 'unitNorm',
        recurrentInitializer: 'identity',
        recurrentConstraint: { type: 'maxNorm', maxValue: 3 },
        biasInitializer: 'ones',
        biasConstraint: 'nonNeg',
        returnSequences: true,
      },
    },
    {
      title: 'backwards, with dropout',
      input: [4, 3],
      options: { units: 3, dropout: 0.25, recurrentDropout: 0.5, goBackwards: true },
    },
  ],
});

export const simpleRNNCell = defineCell({
  type: 'simpleRNNCell',
  summary: 'One step of simpleRNN.',
  options: cellOptions.simpleRNN,
  ...recurrentCell(1),
  examples: [
    { input: [3], options: { units: 5 } },
    {
      title: 'with options for its weights',
      input: [2],
      options: {
        units: 4,
        activation: 'relu',
        useBias: true,
        kernelInitializer: 'heNormal',
        kernelConstraint: 'unitNorm',
        recurrentInitializer: 'identity',
        recurrentConstraint: { type: 'maxNorm', maxValue: 3 },
        biasInitializer: 'ones',
        biasConstraint: 'nonNeg',
      },
    },
  ],
});
