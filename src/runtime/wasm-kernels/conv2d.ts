/**
 * The shipped convolutions, with two gaps filled. XNNPACK works out `same` padding without a thought for windows
 * that are smaller than their stride, and then reads from the wrong place; so it gets the padding in numbers.
 */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { Attributes, Kit, WasmKernel } from './define-kernel.js';

type Shape4 = [number, number, number, number];
type Padding = readonly (readonly number[])[] | string | number;

const why = 'with padding `same` and a window shorter than its stride the shipped kernel reads elsewhere';
const how = 'the shipped kernel, with the padding given in numbers';

function withKnownPadding(name: string, isDepthwise: boolean): WasmKernel {
  return {
    name,
    fault: 'wrong',
    why,
    how,
    compute: (kit, inputs, attrs) =>
      kit.shipped(inputs, { ...attrs, pad: knownPadding(kit, inputs, attrs, isDepthwise) }),
  };
}

export const conv2d: WasmKernel = {
  name: 'Conv2D',
  fault: 'wrong',
  why: `${why}; and it refuses images with their channels first`,
  how: `${how}; for channels first, a Transpose before and after it`,
  compute(kit, inputs, attrs) {
    const { dataFormat, pad } = attrs;
    const isFirst = kit.tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC') === 'channelsFirst';
    if (!isFirst) {
      return kit.shipped(inputs, { ...attrs, pad: knownPadding(kit, inputs, attrs, false) });
    }
    const x = kit.run('Transpose', { x: inputs.x as TensorInfo }, { perm: [0, 2, 3, 1] });
    const operands = { x, filter: inputs.filter as TensorInfo };
    const last = { ...attrs, dataFormat: 'NHWC', pad: isList(pad) ? [pad[0], pad[2], pad[3], pad[1]] : pad };
    const y = kit.shipped(operands, { ...last, pad: knownPadding(kit, operands, last, false) });
    return kit.run('Transpose', { x: y }, { perm: [0, 3, 1, 2] });
  },
};

export const fusedConv2d = withKnownPadding('FusedConv2D', false);
export const depthwiseConv2d = withKnownPadding('DepthwiseConv2dNative', true);
export const fusedDepthwiseConv2d = withKnownPadding('FusedDepthwiseConv2D', true);

const isList = (pad: Padding): pad is readonly (readonly number[])[] => Array.isArray(pad);

/** `same` in numbers where it matters; any other padding as it is. */
function knownPadding(
  { tf }: Kit,
  { x, filter }: Readonly<Record<string, TensorInfo>>,
  { strides, dilations, pad, dimRoundingMode }: Attributes,
  isDepthwise: boolean,
): Padding {
  if (pad !== 'same') return pad;
  const info = tf.backend_util.computeConv2DInfo(
    x!.shape as Shape4,
    filter!.shape as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    isDepthwise,
  );
  const { effectiveFilterHeight, effectiveFilterWidth, strideHeight, strideWidth, padInfo } = info;
  if (effectiveFilterHeight >= strideHeight && effectiveFilterWidth >= strideWidth) return pad;
  return [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
}
