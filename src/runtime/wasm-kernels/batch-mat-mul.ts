import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../layers/shape.js';
import type { WasmKernel } from './define-kernel.js';

/** Both gradients of a dense layer are products with one operand transposed. */
export const batchMatMul: WasmKernel = {
  name: 'BatchMatMul',
  fault: 'slow',
  why: 'with a transposed operand the shipped kernel is a plain loop, about ten times slower',
  how: 'a Transpose of that operand, then the shipped kernel',
  lazyShape({ a, b }, { transposeA, transposeB }) {
    // The gradient with respect to a dense layer's input has this form.
    const isInputGradient = transposeB && !transposeA && isOneMatrix(a!) && isOneMatrix(b!);
    return isInputGradient ? [...a!.shape.slice(0, -1), b!.shape.at(-2)!] : undefined;
  },
  compute({ run, shipped }, inputs, attrs) {
    const transposed = (operand: TensorInfo, is: boolean) =>
      is && isOneMatrix(operand) ? run('Transpose', { x: operand }, { perm: swapLastTwo(operand) }) : operand;
    const { transposeA = false, transposeB = false } = attrs;
    const a = transposed(inputs.a as TensorInfo, transposeA);
    const b = transposed(inputs.b as TensorInfo, transposeB);
    return shipped(
      { a, b },
      {
        transposeA: transposeA && a === inputs.a,
        transposeB: transposeB && b === inputs.b,
      },
    );
  },
};

/** The shipped kernel is fast for one product at a time only, so a batch of them gains nothing. */
const isOneMatrix = ({ shape }: TensorInfo) => sizeOf(shape.slice(0, -2)) === 1;

function swapLastTwo({ shape }: TensorInfo): number[] {
  const rank = shape.length;
  return shape.map((_, axis) => (axis < rank - 2 ? axis : axis === rank - 2 ? rank - 1 : rank - 2));
}
