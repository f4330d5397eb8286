import { defineCell, defineLayer } from './define-layer.js';
import { cellOptions, recurrentCell, recurrentLayer, sequenceOptions, stepOptions } from './recurrent.js';

export const gru = defineLayer({
  type: 'gru',
  summary: 'Recurrent layer with gates that reset and update its state (Cho et al., 2014).',
  options: { ...cellOptions.gru, ...sequenceOptions, ...stepOptions },
  ...recurrentLayer(3),
  examples: [
    { input: [4, 3], options: { units: 5 } },
    {
      title: 'with options for its weights',
      input: [3, 2],
      options: {
        units: 4,
        activation: 'relu',
        recurrentActivation: 'sigmoid',
        useBias: true,
        kernelInitializer: 'glorotUniform',
        kernelConstraint: 'unitNorm',
        recurrentInitializer: { type: 'randomNormal', stddev: 0.1 },
        recurrentConstraint: { type: 'maxNorm', maxValue: 3 },
        biasInitializer: 'ones',
        biasConstraint: 'nonNeg',
        implementation: 2,
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

export const gruCell = defineCell({
  type: 'gruCell',
  summary: 'One step of gru.',
  options: cellOptions.gru,
  ...recurrentCell(3),
  examples: [
    { input: [3], options: { units: 5 } },
    {
      title: 'with options for its weights',
      input: [2],
      options: {
        units: 4,
        activation: 'relu',
        recurrentActivation: 'sigmoid',
        useBias: true,
        kernelInitializer: 'glorotUniform',
        kernelConstraint: 'unitNorm',
        recurrentInitializer: { type: 'randomNormal', stddev: 0.1 },
        recurrentConstraint: { type: 'maxNorm', maxValue: 3 },
        biasInitializer: 'ones',
        biasConstraint: 'nonNeg',
        implementation: 2,
      },
    },
  ],
});
