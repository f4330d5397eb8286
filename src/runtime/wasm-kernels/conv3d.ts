/**
 * Convolutions of volumes, as sums over the depth of the filter: each of its slices meets some slices of the
 * volume in a plain convolution of images, which runs at full speed, and whose gradients are those of images.
 */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from '../backend.js';
import { type Attributes, type Kit, view, type WasmKernel } from './define-kernel.js';

type Shape5 = [number, number, number, number, number];
type VolumeInfo = ReturnType<Tf['backend_util']['computeConv3DInfo']>;

/** A slice of the filter, and for every image the slices of input and output that it connects. */
interface DepthTap {
  readonly index: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const how = 'one Conv2D, or its gradient, for each slice of the filter along its depth';

export const conv3d: WasmKernel = {
  name: 'Conv3D',
  fault: 'slow',
  why: 'the shipped kernel is a plain loop',
  how,
  compute(kit, inputs, attrs) {
    const { run, make, free, floats } = kit;
    const x = inputs.x as TensorInfo;
    const filter = inputs.filter as TensorInfo;
    const info = volumeInfo(kit, x.shape, filter.shape, attrs);
    const result = make(info.outShape);
    floats(result).fill(0);
    for (const tap of depthTaps(info)) {
      const images = gather(kit, x, tap.inputs, info.batchSize);
      const product = run('Conv2D', { x: images, filter: filterSlice(kit, filter, tap) }, imageAttrs(info));
      scatter(kit, product, result, tap.outputs, info.batchSize);
      free(images);
      free(product);
    }
    return result;
  },
};

export const conv3dBackpropInput: WasmKernel = {
  name: 'Conv3DBackpropInputV2',
  fault: 'wrong',
  why: 'the shipped kernel gives wrong values beyond the first slices, and with strides everywhere',
  how,
  compute(kit, inputs, attrs) {
    const { run, make, free, floats } = kit;
    const dy = inputs.dy as TensorInfo;
    const filter = inputs.filter as TensorInfo;
    const info = volumeInfo(kit, attrs.inputShape, filter.shape, attrs);
    const result = make(info.inShape);
    floats(result).fill(0);
    for (const tap of depthTaps(info)) {
      const images = gather(kit, dy, tap.outputs, info.batchSize);
      const inputShape = [images.shape[0]!, info.inHeight, info.inWidth, info.inChannels];
      const operands = { dy: images, filter: filterSlice(kit, filter, tap) };
      const product = run('Conv2DBackpropInput', operands, { ...imageAttrs(info), inputShape });
      scatter(kit, product, result, tap.inputs, info.batchSize);
      free(product);
      free(images);
    }
    return result;
  },
};

export const conv3dBackpropFilter: WasmKernel = {
  name: 'Conv3DBackpropFilterV2',
  fault: 'wrong',
  why: 'the shipped kernel gives wrong values with strides',
  how,
  compute(kit, inputs, attrs) {
    const { run, make, free, floats } = kit;
    const x = inputs.x as TensorInfo;
    const dy = inputs.dy as TensorInfo;
    const info = volumeInfo(kit, x.shape, attrs.filterShape, attrs);
    const result = make(info.filterShape);
    floats(result).fill(0);
    const filterShape = info.filterShape.slice(1);
    for (const tap of depthTaps(info)) {
      const images = gather(kit, x, tap.inputs, info.batchSize);
      const slopes = gather(kit, dy, tap.outputs, info.batchSize);
      const operands = { x: images, dy: slopes };
      const slice = run('Conv2DBackpropFilter', operands, { ...imageAttrs(info), filterShape });
      const values = floats(slice);
      floats(result).set(values, tap.index * values.length);
      for (const tensor of [images, slopes, slice]) free(tensor);
    }
    return result;
  },
};

function volumeInfo(
  { tf }: Kit,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad }: Attributes,
): VolumeInfo {
  const shapes = [inputShape, filterShape] as [Shape5, Shape5];
  return tf.backend_util.computeConv3DInfo(...shapes, strides, dilations ?? 1, pad);
}

function imageAttrs({ padInfo, ...info }: VolumeInfo): Attributes {
  return {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pad: [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ],
    dataFormat: 'NHWC',
  };
}

/** Slices that lie in the padding at both ends are left out: they add nothing. */
function depthTaps(info: VolumeInfo): DepthTap[] {
  return Array.from({ length: info.filterDepth }, (_, index) => {
    const shift = index * info.dilationDepth - info.padInfo.front;
    const all = Array.from({ length: info.outDepth }, (_, output) => output);
    const outputs = all.filter((output) => {
      const input = output * info.strideDepth + shift;
      return input >= 0 && input < info.inDepth;
    });
    return { index, outputs, inputs: outputs.map((output) => output * info.strideDepth + shift) };
  }).filter(({ outputs }) => outputs.length > 0);
}

/** The chosen slices of every volume, as images: [batch, depth, …] to [batch * slices, …]. */
function gather(kit: Kit, volumes: TensorInfo, slices: readonly number[], batch: number): TensorInfo {
  const [, depth, ...imageShape] = volumes.shape as Shape5;
  const images = kit.make([batch * slices.length, ...imageShape]);
  const from = kit.floats(volumes);
  const to = kit.floats(images);
  const size = to.length / (batch * slices.length);
  for (let volume = 0, at = 0; volume < batch; volume++) {
    for (const slice of slices) {
      const source = (volume * depth! + slice) * size;
      to.set(from.subarray(source, source + size), at);
      at += size;
    }
  }
  return images;
}

/** Adds images to the chosen slices of every volume. */
function scatter(
  kit: Kit,
  images: TensorInfo,
  volumes: TensorInfo,
  slices: readonly number[],
  batch: number,
): void {
  const depth = volumes.shape[1]!;
  const from = kit.floats(images);
  const to = kit.floats(volumes);
  const size = from.length / (batch * slices.length);
  for (let volume = 0, at = 0; volume < batch; volume++) {
    for (const slice of slices) {
      const target = (volume * depth + slice) * size;
      for (let index = 0; index < size; index++, at++) to[target + index] = to[target + index]! + from[at]!;
    }
  }
}

function filterSlice(kit: Kit, filter: TensorInfo, { index }: DepthTap): TensorInfo {
  const [, ...shape] = filter.shape;
  const slice = kit.run(
    'Slice',
    { x: view(filter, [filter.shape[0]!, shape.reduce((size, length) => size * length, 1)]) },
    { begin: [index, 0], size: [1, -1] },
  );
  return view(slice, shape);
}
