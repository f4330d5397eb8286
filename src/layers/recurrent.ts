/**
 * What the recurrent layers and their cells share. A cell is one step: it takes the step's values and its own
 * state, and gives the new state. A layer runs a cell over all steps.
 *
 * What tfjs does otherwise than its types say:
 * - it forgets the regularizers of all of them, so that no penalty reaches the loss: they are not offered;
 * - a cell by itself draws its dropout once and keeps it, for batches of the first one's size: only layers drop;
 * - `unroll` and `implementation` change nothing; the latter is saved with a model, for Keras;
 * - `stateful` needs a batch of a fixed size, and `returnState` gives several outputs: a spec has neither.
 */
import { activationNames } from './activations.js';
import type { MaskReading, MaskRole } from './masks.js';
import { dropRate, oneOf, positiveInteger, useBias } from './options.js';
import { type Problem, requireRank } from './problem.js';
import type { Shape } from './shape.js';
import { Type } from './type.js';
import { unpenalizedWeightOptions, type Weight, weight } from './weight-options.js';

const units = positiveInteger({ description: 'Number of outputs, and of values in the state.' });

const activation = (what: string, name: string) =>
  Type.Optional(oneOf(activationNames, { description: `Function applied to the ${what}.`, default: name }));

const stateActivation = { activation: activation('new state', 'tanh') };
const gateActivation = { recurrentActivation: activation('gates', 'hardSigmoid') };
export const gatedActivations = { ...stateActivation, ...gateActivation };

/** Their biases and kernels, with the parts of all gates side by side. */
export const recurrentWeightOptions = {
  useBias: useBias(),
  ...unpenalizedWeightOptions('kernel', 'glorotNormal'),
  ...unpenalizedWeightOptions('recurrent', 'orthogonal', 'recurrent kernel'),
  ...unpenalizedWeightOptions('bias', 'zeros'),
};

export const forgetBias = {
  unitForgetBias: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Whether the biases of the forget gates start at 1, whatever biasInitializer says.',
    }),
  ),
};

export const implementation = {
  implementation: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2,
      description: 'How Keras computes the layer when it loads the model; tfjs always does it in one way.',
    }),
  ),
};

/** The options of the three cells, in which those of layers begin. */
export const cellOptions = {
  simpleRNN: { units, ...stateActivation, ...recurrentWeightOptions },
  gru: { units, ...gatedActivations, ...recurrentWeightOptions, ...implementation },
  lstm: { units, ...gatedActivations, ...recurrentWeightOptions, ...forgetBias, ...implementation },
};

const fraction = (description: string) => Type.Optional(dropRate(description));

/** What a layer adds to the options of its cell. */
export const sequenceOptions = {
  dropout: fraction('Part of the inputs that is dropped in training, the same ones at each step.'),
  recurrentDropout: fraction('Part of the state that is dropped in training, the same at each step.'),
};

export const stepOptions = {
  returnSequences: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Whether the output is the state after each step, rather than after the last one.',
    }),
  ),
  goBackwards: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Whether the steps are taken from the last one to the first.',
    }),
  ),
};

interface CellOptions {
  readonly units: number;
  readonly useBias?: boolean;
  readonly unitForgetBias?: boolean;
}

interface StepOptions {
  readonly returnSequences?: boolean;
}

/** How many gates a cell has, its new state among them. */
export type Gates = 1 | 3 | 4;

export function forgetBiasProblem({
  useBias,
  unitForgetBias,
}: Omit<CellOptions, 'units'>): Problem | undefined {
  if (useBias !== false || unitForgetBias !== true) return undefined;
  return {
    code: 'conflicting-options',
    message: 'has unitForgetBias: true, but no biases',
    option: 'unitForgetBias',
    hint: 'remove unitForgetBias, or useBias',
  };
}

/** A cell, for the shape of one step: [values]. */
export const recurrentCell = (gates: Gates) => ({
  outputShape: (options: CellOptions, input: Shape): Shape | Problem =>
    requireRank(input, 1, '[values]') ?? forgetBiasProblem(options) ?? [options.units],
  weights({ units, useBias }: CellOptions, input: Shape): readonly Weight[] {
    const kernels = [
      weight('kernel', [input[input.length - 1]!, gates * units]),
      weight('recurrent_kernel', [units, gates * units], 'recurrent'),
    ];
    return useBias === false ? kernels : [...kernels, weight('bias', [gates * units])];
  },
  /** Each gate is a sum over the step's values and over the state. */
  multiplyAdds: ({ units }: CellOptions, input: Shape) => gates * units * (input[input.length - 1]! + units),
});

/** What becomes of masks in layers that take steps. */
export const stepMasks = {
  mask: ({ returnSequences }: StepOptions): MaskRole => (returnSequences === true ? 'keeps' : 'ends'),
  readsMask: (): MaskReading => 'rightly',
};

/** The layer of a cell, for the shape of a sequence: [steps, values]. */
export function recurrentLayer(gates: Gates) {
  const cell = recurrentCell(gates);
  return {
    outputShape(options: CellOptions & StepOptions, input: Shape): Shape | Problem {
      const wrong = requireRank(input, 2, '[steps, values]') ?? forgetBiasProblem(options);
      if (wrong) return wrong;
      return options.returnSequences === true ? [input[0]!, options.units] : [options.units];
    },
    weights: cell.weights,
    /** Its cell's, once a step. */
    multiplyAdds: (options: CellOptions, input: Shape) => input[0]! * cell.multiplyAdds(options, input),
    ...stepMasks,
  };
}
