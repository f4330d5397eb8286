/** The kernel of each step. */
import { input, isOf } from '../../program/index.js';
import { convolveInputKernel, convolveKernel } from './kernels/convolve.js';
import { convolveTilesKernel, transformWeightsKernel } from './kernels/convolve-tiles.js';
import { convolveWeightsKernel } from './kernels/convolve-weights.js';
import { joinTilesKernel, sumTilesKernel } from './kernels/convolve-weights-tiles.js';
import { depthwiseInputKernel, depthwiseKernel, depthwiseWeightsKernel } from './kernels/depthwise.js';
import { bytesPerEntry, type Kernel, type KernelContext, type Layout } from './kernels/kernel.js';
import { mapKernel, zeroKernel } from './kernels/map.js';
import { maxPoolInputKernel } from './kernels/max-pool-input.js';
import { packKernel } from './kernels/packed-weights.js';
import { averagePoolInputKernel, poolKernel } from './kernels/pools.js';
import { randomKernel } from './kernels/random.js';
import { reduceKernel } from './kernels/reduce.js';
import type { Step } from './places.js';

export interface StepContext extends KernelContext {
  /** Addresses of what a step is told: see control.ts. */
  readonly control: { readonly seed: number; readonly lanesBefore: number; readonly firstPiece: number };
  /** Whether a batch can come in pieces, whose sums are added up. */
  readonly inPieces: boolean;
}

export function stepKernel(step: Step, context: StepContext): Kernel {
  const inputs = step.inputs.map(({ layout }) => layout);
  const output = step.output.layout;
  if (step.kind === 'zero') {
    return zeroKernel(Math.ceil((step.output.buffer.size * bytesPerEntry(output, context)) / 16) * 16);
  }
  if (step.kind === 'pack') return packKernel(step.inputs[0].layout, output);
  if (step.kind === 'transform') {
    const reader = isOf(step.value, 'convolve') ? 'convolve' : 'convolveInput';
    return transformWeightsKernel(reader, step.inputs[0].layout);
  }
  if (step.kind === 'sum') {
    const [x, y] = step.inputs;
    return sumTilesKernel(step.value.operation, [x.layout, y.layout], output, context);
  }
  // A copy of one number for all is spread over the lanes on its way.
  if (step.kind === 'copy') return mapKernel(input(0), inputs, output, context);
  const { operation } = step.value;
  const pieces = { firstPiece: context.inPieces ? context.control.firstPiece : undefined };
  const pair = inputs as unknown as readonly [Layout, Layout];
  switch (operation.kind) {
    case 'map':
      return mapKernel(operation.expression, inputs, output, context);
    case 'reduce':
      return reduceKernel(operation, inputs, output, context, pieces);
    case 'convolve':
      if (step.byTiles) return convolveTilesKernel(operation, inputs, output, context);
      return convolveKernel(operation, inputs, output, context);
    case 'convolveInput':
      if (step.byTiles) return convolveTilesKernel(operation, inputs, output, context);
      return convolveInputKernel(operation, inputs, output, context);
    case 'convolveKernel':
      if (step.byTiles) return joinTilesKernel(operation, pair[0], output, context, pieces);
      return convolveWeightsKernel(operation, pair, output, context, pieces);
    case 'depthwise':
      return depthwiseKernel(operation, pair, output, context);
    case 'depthwiseInput':
      return depthwiseInputKernel(operation, pair, output, context);
    case 'depthwiseKernel':
      return depthwiseWeightsKernel(operation, pair, output, context, pieces);
    case 'maxPool':
    case 'averagePool':
      return poolKernel(operation.kind, operation.window, pair[0], output, context);
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
