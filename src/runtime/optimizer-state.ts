/**
 * What tfjs's optimizers keep between steps, as data and back, bit by bit. tfjs's own getWeights/setWeights
 * will not do: Adam recomputes its powers of beta, so that a resumed run differs in the last bits, and Adamax
 * throws. So the fields are read and written directly; versions of tfjs are pinned, and a test takes every
 * optimizer apart and puts it together again in the middle of a run.
 */
import type { Optimizer, Tensor, Variable } from '@tensorflow/tfjs';
import type { Tf } from './backend.js';
import type { OptimizerSlot, OptimizerState } from './engine.js';

/** tfjs's list of one kind of slot: an entry for every trainable weight, in order, from the first step on. */
type SlotList = { originalName: string; variable: Variable }[];

interface Layout {
  /** Field → the last part of its slots' names, as tfjs names them. */
  readonly slots: Readonly<Record<string, string>>;
  /** Fields that hold one variable of the optimizer's own. */
  readonly scalars: readonly string[];
}

const layouts: Readonly<Record<string, Layout>> = {
  SGD: { slots: {}, scalars: [] },
  Momentum: { slots: { accumulations: 'momentum' }, scalars: [] },
  Adagrad: { slots: { accumulatedGrads: 'accumulator' }, scalars: [] },
  Adadelta: { slots: { accumulatedGrads: 'accum_grad', accumulatedUpdates: 'accum_var' }, scalars: [] },
  Adam: {
    slots: { accumulatedFirstMoment: 'm', accumulatedSecondMoment: 'v' },
    scalars: ['accBeta1', 'accBeta2'],
  },
  Adamax: {
    slots: { accumulatedFirstMoment: 'm', accumulatedWeightedInfNorm: 'v' },
    scalars: ['iteration', 'accBeta1'],
  },
  RMSProp: {
    slots: { accumulatedMeanSquares: 'rms', accumulatedMoments: 'momentum', accumulatedMeanGrads: 'mg' },
    scalars: [],
  },
};

function layoutOf(optimizer: Optimizer): Layout {
  const type = optimizer.getClassName();
  const layout = layouts[type];
  if (layout === undefined) throw new Error(`the state of the optimizer '${type}' is not known`);
  return layout;
}

function fieldsOf(optimizer: Optimizer) {
  return optimizer as unknown as Record<string, SlotList> &
    Record<string, Variable> & { iterations_: number };
}

/** A copy: some backends hand out the very memory of a tensor. */
function copyOf(tensor: Tensor): Pick<OptimizerSlot, 'shape' | 'values'> {
  return { shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) };
}

/** `weightNames` are the names of the weights that the optimizer trains, in its order. */
export function readOptimizerState(optimizer: Optimizer, weightNames: readonly string[]): OptimizerState {
  const layout = layoutOf(optimizer);
  const fields = fieldsOf(optimizer);
  return {
    type: optimizer.getClassName(),
    iterations: optimizer.iterations,
    slots: [
      ...layout.scalars.map((name) => ({ name, ...copyOf(fields[name]!) })),
      ...Object.entries(layout.slots).flatMap(([field, suffix]) =>
        (fields[field] as SlotList).map(({ variable }, i) => ({
          name: `${weightNames[i]}/${suffix}`,
          ...copyOf(variable),
        })),
      ),
    ],
  };
}

/** Puts a state back that `readOptimizerState` took from the same optimizer over the same weights. */
export function writeOptimizerState(
  tf: Tf,
  optimizer: Optimizer,
  weightNames: readonly string[],
  state: OptimizerState,
): void {
  const layout = layoutOf(optimizer);
  const fields = fieldsOf(optimizer);
  const saved = new Map(state.slots.map((slot) => [slot.name, slot]));
  const tensorOf = ({ values, shape }: OptimizerSlot) => tf.tensor(values.slice(), [...shape], 'float32');
  tf.tidy(() => {
    for (const name of layout.scalars) {
      const slot = saved.get(name);
      if (slot === undefined) throw new Error(`the optimizer state has no '${name}'`);
      fields[name]!.assign(tensorOf(slot));
    }
    for (const [field, suffix] of Object.entries(layout.slots)) {
      tf.dispose((fields[field] as SlotList).map((entry) => entry.variable));
      // Before the first step there are no slots, and tfjs makes them when it comes to that.
      const names = weightNames.map((name) => `${name}/${suffix}`).filter((name) => saved.has(name));
      (fields as Record<string, SlotList>)[field] = names.map((name) => ({
        originalName: name,
        variable: tf.variable(tensorOf(saved.get(name)!), false),
      }));
    }
  });
  fields.iterations_ = state.iterations;
}
