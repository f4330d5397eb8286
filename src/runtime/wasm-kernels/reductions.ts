/**
 * Sums and means over axes that stand before others: the gradient of every bias, the moments of a batch
 * normalization, a global average pooling.
 */
import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../layers/shape.js';
import { type Kit, view, type WasmKernel } from './define-kernel.js';

const why = 'the shipped kernel transposes the whole tensor first, and then adds value by value';

export const sum: WasmKernel = {
  name: 'Sum',
  fault: 'slow',
  why,
  how: 'an AvgPool with one window over the axes, times their size; the shipped kernel for the last axes',
  compute(kit, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    const plan = planReduction(kit, x, attrs.axis);
    if (plan === undefined) return kit.shipped({ x }, attrs);
    const means = averages(kit, x, plan);
    if (means === undefined) return kit.shipped({ x }, attrs);
    const result = kit.make(plan.shape(attrs.keepDims ?? false));
    kit.floats(result).set(kit.floats(means).map((mean) => mean * plan.count));
    return result;
  },
};

export const mean: WasmKernel = {
  name: 'Mean',
  fault: 'slow',
  why,
  how: 'an AvgPool with one window over the axes; the shipped kernel for the last axes',
  compute(kit, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    const plan = planReduction(kit, x, attrs.axis);
    if (plan === undefined) return kit.shipped({ x }, attrs);
    const means = averages(kit, x, plan);
    if (means === undefined) return kit.shipped({ x }, attrs);
    return kit.run('Reshape', { x: means }, { shape: plan.shape(attrs.keepDims ?? false) });
  },
};

interface Reduction {
  /** The tensor as [outer, count, inner], of which the middle goes. */
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
  shape(keepDims: boolean): number[];
}

/** Nothing where the shipped kernel is the better one: few values, or axes that it need not transpose. */
function planReduction({ tf }: Kit, x: TensorInfo, axis: number | number[]): Reduction | undefined {
  if (x.dtype !== 'float32') return undefined;
  const axes = [...tf.util.parseAxisParam(axis, x.shape)].sort((a, b) => a - b);
  const first = axes[0] ?? 0;
  const end = first + axes.length;
  if (axes.some((value, index) => value !== first + index)) return undefined;
  const outer = sizeOf(x.shape.slice(0, first));
  const count = sizeOf(x.shape.slice(first, end));
  const inner = sizeOf(x.shape.slice(end));
  if (inner < 2 || count < 2 || outer * count * inner < 4096) return undefined;
  return {
    outer,
    count,
    inner,
    shape: (keepDims) => [
      ...x.shape.slice(0, first),
      ...(keepDims ? axes.map(() => 1) : []),
      ...x.shape.slice(end),
    ],
  };
}

/** Nothing where a value is not finite: AvgPool makes an infinity of what is not a number. */
function averages(
  { run, floats }: Kit,
  x: TensorInfo,
  { outer, count, inner }: Reduction,
): TensorInfo | undefined {
  const means = run(
    'AvgPool',
    { x: view(x, [outer, count, 1, inner]) },
    { filterSize: [count, 1], strides: 1, pad: 'valid' },
  );
  return floats(means).every(Number.isFinite) ? means : undefined;
}
