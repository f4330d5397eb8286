/**
 * Adam in one pass. tfjs updates each weight with some fifteen kernels, whose calls cost a small network more
 * than their arithmetic. This computes the same, operation by operation and rounded alike, so that not a bit
 * of the result differs, in TypeScript over the wasm backend's memory.
 */
import type { AdamOptimizer, TensorInfo, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.js';
import type { WasmBackend } from './define-kernel.js';
import { settle } from './lazy-tensor.js';

type Gradients = Parameters<AdamOptimizer['applyGradients']>[0];

/** What tfjs's class keeps, protected. */
interface AdamState {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: readonly { readonly variable: Variable }[];
  readonly accumulatedSecondMoment: readonly { readonly variable: Variable }[];
  incrementIterations(): void;
}

/** Numbers that are the same for all weights of a step, as tfjs rounds them. */
interface StepNumbers {
  readonly beta1: number;
  readonly beta2: number;
  readonly oneMinusBeta1: number;
  readonly oneMinusBeta2: number;
  readonly correction1: number;
  readonly correction2: number;
  readonly epsilon: number;
  readonly negativeRate: number;
}

/** Takes effect while wasm is the current backend; on others tfjs's own code runs. */
export function installFusedAdam(tf: Tf): void {
  const { prototype } = tf.AdamOptimizer;
  const shipped = prototype.applyGradients;
  prototype.applyGradients = function (this: AdamOptimizer, gradients: Gradients) {
    const state = this as unknown as AdamState;
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    // tfjs makes the moments in the first step.
    const isFirst = named.some((_, index) => state.accumulatedSecondMoment[index] === undefined);
    if (tf.getBackend() !== 'wasm' || isFirst) {
      shipped.call(this, gradients);
      return;
    }
    tf.tidy(() => {
      const numbers = stepNumbers(state);
      for (const [index, { name, tensor }] of named.entries()) {
        if (tensor == null) continue;
        const value = tf.engine().registeredVariables[name]!;
        const first = state.accumulatedFirstMoment[index]!.variable;
        const second = state.accumulatedSecondMoment[index]!.variable;
        update(tf, tensor, value, first, second, numbers);
      }
      state.accBeta1.assign(tf.mul(state.accBeta1, state.beta1));
      state.accBeta2.assign(tf.mul(state.accBeta2, state.beta2));
    });
    state.incrementIterations();
  };
}

const { fround, sqrt } = Math;

function stepNumbers({ learningRate, beta1, beta2, epsilon, accBeta1, accBeta2 }: AdamState): StepNumbers {
  return {
    beta1: fround(beta1),
    beta2: fround(beta2),
    oneMinusBeta1: fround(1 - beta1),
    oneMinusBeta2: fround(1 - beta2),
    correction1: fround(1 - accBeta1.dataSync()[0]!),
    correction2: fround(1 - accBeta2.dataSync()[0]!),
    epsilon: fround(epsilon),
    negativeRate: fround(-learningRate),
  };
}

/** New tensors take the place of the old values: others may still refer to those. */
function update(
  tf: Tf,
  gradient: TensorInfo,
  value: Variable,
  first: Variable,
  second: Variable,
  numbers: StepNumbers,
): void {
  const backend = tf.backend() as unknown as WasmBackend;
  const variables = [value, first, second];
  for (const tensor of [gradient, ...variables]) settle(backend, tensor);
  const made = variables.map(({ shape }) => backend.makeOutput(shape, 'float32'));
  const [from, from1, from2, to, to1, to2] = [...variables, ...made].map(
    (tensor) => backend.typedArrayFromHeap(tensor) as Float32Array,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const slopes = backend.typedArrayFromHeap(gradient) as Float32Array;
  adamPass(slopes, from, from1, from2, to, to1, to2, numbers);
  variables.forEach((variable, index) => {
    variable.assign(tf.engine().makeTensorFromTensorInfo(made[index]!));
  });
}

function adamPass(
  gradient: Float32Array,
  value: Float32Array,
  first: Float32Array,
  second: Float32Array,
  newValue: Float32Array,
  newFirst: Float32Array,
  newSecond: Float32Array,
  numbers: StepNumbers,
): void {
  const { beta1, beta2, oneMinusBeta1, oneMinusBeta2, correction1, correction2, epsilon, negativeRate } =
    numbers;
  for (let i = 0; i < value.length; i++) {
    const slope = gradient[i]!;
    const moment1 = fround(fround(first[i]! * beta1) + fround(slope * oneMinusBeta1));
    const moment2 = fround(fround(second[i]! * beta2) + fround(fround(slope * slope) * oneMinusBeta2));
    const corrected1 = fround(moment1 / correction1);
    const corrected2 = fround(moment2 / correction2);
    const ratio = fround(corrected1 / fround(fround(sqrt(corrected2)) + epsilon));
    newFirst[i] = moment1;
    newSecond[i] = moment2;
    newValue[i] = fround(fround(ratio * negativeRate) + value[i]!);
  }
}
