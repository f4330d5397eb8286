/** Max pooling of volumes, in two steps of images: over height and width, and then over the depth. */
import type { TensorInfo } from '@tensorflow/tfjs';
import { type Attributes, type Kit, view, type WasmKernel } from './define-kernel.js';

type Shape5 = [number, number, number, number, number];
/** Before and after an axis. */
type Pair = readonly [number, number];

const how = 'two poolings of images: over height and width, then over the depth';

export const maxPool3d: WasmKernel = {
  name: 'MaxPool3D',
  fault: 'wrong',
  why: 'the shipped kernel gives 1e-38 for windows in which all values are negative',
  how,
  compute(kit, inputs, attrs) {
    const plan = planPooling(kit, inputs.x as TensorInfo, attrs);
    const flattened = kit.run('MaxPool', { x: plan.flat(plan.cropped) }, plan.flatAttrs);
    const pooled = kit.run('MaxPool', { x: plan.deep(flattened) }, plan.deepAttrs);
    return kit.run('Reshape', { x: pooled }, { shape: plan.outShape });
  },
};

/** Of equal maxima in a window the first one gets the gradient, as in TensorFlow. */
export const maxPool3dGrad: WasmKernel = {
  name: 'MaxPool3DGrad',
  fault: 'wrong',
  why: 'as MaxPool3D, and slow: it visits every window for each value',
  how,
  compute(kit, inputs, attrs) {
    const { dy, input, output } = inputs as { dy: TensorInfo; input: TensorInfo; output: TensorInfo };
    const plan = planPooling(kit, input, attrs);
    const x = plan.flat(plan.cropped);
    const flattened = kit.run('MaxPool', { x }, plan.flatAttrs);
    const slopes = kit.run(
      'MaxPoolGrad',
      { dy: view(dy, plan.deepShape), input: plan.deep(flattened), output: view(output, plan.deepShape) },
      plan.deepAttrs,
    );
    const dx = kit.run(
      'MaxPoolGrad',
      { dy: view(slopes, flattened.shape), input: x, output: flattened },
      plan.flatAttrs,
    );
    return plan.uncropped(view(dx, plan.cropped.shape));
  },
};

function planPooling(
  { tf, run }: Kit,
  volumes: TensorInfo,
  { filterSize, strides, pad, dimRoundingMode, dataFormat }: Attributes,
) {
  const info = tf.backend_util.computePool3DInfo(
    volumes.shape as Shape5,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
    dataFormat,
  );
  const { batchSize, inChannels, outDepth, outHeight, outWidth, padInfo } = info;
  const none: Pair = [0, 0];
  const padding: readonly Pair[] = [
    [padInfo.front, padInfo.back],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
  ];
  // For volumes tfjs pads by less than nothing where a window is shorter than its stride.
  const crops = [
    none,
    ...padding.map(([before, after]): Pair => [Math.max(-before, 0), Math.max(-after, 0)]),
    none,
  ];
  const [deepPad, rowPad, columnPad] = padding.map(([before, after]) => [
    Math.max(before, 0),
    Math.max(after, 0),
  ]);
  const isCropped = crops.flat().some((length) => length > 0);
  const size = volumes.shape.map((length, axis) => length - crops[axis]![0] - crops[axis]![1]);
  const [, depth, height, width] = size as unknown as Shape5;
  return {
    outShape: info.outShape,
    deepShape: [batchSize, outDepth, outHeight * outWidth, inChannels],
    cropped: isCropped
      ? run('Slice', { x: volumes }, { begin: crops.map(([before]) => before), size })
      : volumes,
    uncropped: (tensor: TensorInfo) =>
      isCropped
        ? run('PadV2', { x: tensor }, { paddings: crops, constantValue: 0 })
        : run('Identity', { x: tensor }),
    flat: (tensor: TensorInfo) => view(tensor, [batchSize * depth, height, width, inChannels]),
    flatAttrs: {
      filterSize: [info.filterHeight, info.filterWidth],
      strides: [info.strideHeight, info.strideWidth],
      pad: [none, rowPad, columnPad, none],
    },
    deep: (tensor: TensorInfo) => view(tensor, [batchSize, depth, outHeight * outWidth, inChannels]),
    deepAttrs: {
      filterSize: [info.filterDepth, 1],
      strides: [info.strideDepth, 1],
      pad: [none, deepPad, none, none],
    },
  };
}
