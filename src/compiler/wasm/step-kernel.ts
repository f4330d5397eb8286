/** The kernel of each step. */
import { input } from '../../program/index.js';
import { convolveInputKernel, convolveKernel } from './kernels/convolve.js';
import { convolveWeightsKernel } from './kernels/convolve-weights.js';
import { depthwiseInputKernel, depthwiseKernel, depthwiseWeightsKernel } from './kernels/depthwise.js';
import { bytesPerEntry, type Kernel, type Layout, type StepContext } from './kernels/kernel.js';
import { mapKernel, zeroKernel } from './kernels/map.js';
import { maxPoolInputKernel } from './kernels/max-pool-input.js';
import { averagePoolInputKernel, averagePoolKernel, maxPoolKernel } from './kernels/pools.js';
import { randomKernel } from './kernels/random.js';
import { piecesOf, reduceKernel } from './kernels/reduce.js';
import type { Step } from './places.js';

export function stepKernel(step: Step, context: StepContext): Kernel {
  const inputs = step.inputs.map(({ layout }) => layout);
  const output = step.output.layout;
  if (step.kind === 'zero') {
    return zeroKernel(Math.ceil((step.output.buffer.size * bytesPerEntry(output, context)) / 16) * 16);
  }
  if (step.kind === 'part') return step.kernel;
  // A copy of one number for all is spread over the lanes on its way.
  if (step.kind === 'copy') return mapKernel(input(0), inputs, output, context);
  const { operation } = step.value;
  const pieces = piecesOf(context);
  const pair = inputs as unknown as readonly [Layout, Layout];
  switch (operation.kind) {
    case 'map':
      return mapKernel(operation.expression, inputs, output, context);
    case 'reduce':
      return reduceKernel(operation, inputs, output, context, pieces);
    case 'convolve':
      return convolveKernel(operation, inputs, output, context);
    case 'convolveInput':
      return convolveInputKernel(operation, inputs, output, context);
    case 'convolveKernel':
      return convolveWeightsKernel(operation, pair, output, context, pieces);
    case 'depthwise':
      return depthwiseKernel(operation, pair, output, context);
    case 'depthwiseInput':
      return depthwiseInputKernel(operation, pair, output, context);
    case 'depthwiseKernel':
      return depthwiseWeightsKernel(operation, pair, output, context, pieces);
    case 'maxPool':
      return maxPoolKernel(operation.window, pair[0], output, context);
    case 'averagePool':
      return averagePoolKernel(operation.window, pair[0], output, context);
    case 'maxPoolInput':
      return maxPoolInputKernel(operation, pair, output, context);
    case 'averagePoolInput':
      return averagePoolInputKernel(operation, pair[0], output, context);
    case 'random':
      return randomKernel(operation, output, context, context.control);
    default:
      throw new Error(`${operation.kind} is a view and has no kernel`);
  }
}
