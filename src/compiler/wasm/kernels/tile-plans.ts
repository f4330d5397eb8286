/** Which convolutions go by tiles, and by which: as a count of instructions for a vector of lanes says. */
import type { Shape, ValueOf } from '../../../program/index.js';
import type { BlockTiling } from './convolve-tiles.js';
import { partsOf, runOf } from './convolve-weights-tiles.js';
import type { KernelContext, Layout } from './kernel.js';
import { channelBlockOf, type WeightBlock, weightBlockOf } from './register-blocks.js';
import { entriesOf, type Tiling, tapsInside, tilesOf, tilingsOf, transformCosts } from './tiling.js';
import { costOfTransformedWeights } from './transform-weights.js';

/** Bytes of weights, or of sums, that a second-level cache holds beside the rest. */
const nearBytes = 1024 * 1024;
/** To write and read a vector that does not stay near. */
const farCost = 4;

export interface ConvolutionPlan {
  readonly tiling: BlockTiling;
  /** Entry by entry: see wide-tiles.ts. */
  readonly isWide: boolean;
}

/** For x [H, W, summed] and a result [rows, columns, kept]; undefined where tiles do not pay. */
export function convolutionPlan(
  { kind, window }: ValueOf<'convolve' | 'convolveInput'>['operation'],
  x: Layout,
  result: Shape,
  context: KernelContext,
): ConvolutionPlan | undefined {
  const summed = x.shape[2]!;
  const kept = result[2]!;
  const products = ({ block, vectors }: BlockTiling) => summed * kept * (2 + (1 + vectors / block) / vectors);
  const block = channelBlockOf(kept, context).channels;
  // The gradient of the image is a convolution with the window turned around.
  const before = window.before.map((zeros, axis) =>
    kind === 'convolve' ? zeros : window.size[axis]! - 1 - zeros,
  ) as [number, number];
  const plans = tilingsOf(window, result, context).flatMap((tiling) =>
    [false, true].map((isWide): ConvolutionPlan => ({ tiling: { ...tiling, before, block }, isWide })),
  );
  return cheapest(
    plans.filter(({ tiling, isWide }) => isWide || entriesOf(tiling) * summed * kept * 4 <= nearBytes),
    ({ tiling, isWide }) => {
      const { image, back } = transformCosts(tiling.filter);
      const far = isWide ? farCost * entriesOf(tiling) : 0;
      const tile = entriesOf(tiling) * products(tiling) + summed * (image + far) + kept * (back + far);
      const weights = costOfTransformedWeights(tiling.filter, summed, kept, tiling.block);
      return {
        tiled: tilesOf(tiling) * tile + weights / (context.lanes / 4),
        plain: tapsInside(tiling, x.shape) * products(tiling),
      };
    },
  );
}

export interface GradientPlan {
  readonly tiling: Tiling;
  /** Entry by entry, in these blocks: see wide-tiles.ts. */
  readonly wide: WeightBlock | undefined;
}

/** For the gradient of weights, of x [H, W, C] and y [rows, columns, F]. */
export function gradientPlan(
  { window }: ValueOf<'convolveKernel'>['operation'],
  x: Layout,
  y: Layout,
  context: KernelContext,
): GradientPlan | undefined {
  const channels = x.shape[2]!;
  const filters = y.shape[2]!;
  const products = channels * filters * 2.7;
  const block = weightBlockOf(channels, filters);
  const plans = tilingsOf(window, y.shape, context).flatMap((tiling): readonly GradientPlan[] => [
    ...(entriesOf(tiling) * channels * filters * 16 <= nearBytes ? [{ tiling, wide: undefined }] : []),
    ...(block.filters === 4 ? [{ tiling, wide: block }] : []),
  ]);
  return cheapest(plans, ({ tiling, wide }) => {
    const { image, gradient } = transformCosts(tiling.filter);
    const entries = entriesOf(tiling);
    const vectors = context.lanes / 4;
    const far = wide === undefined ? 0 : farCost * entries;
    const tile = entries * products + channels * (image + far) + filters * (gradient + far);
    // Sums are loaded and stored for each run, and at the end for each part; or the lanes of each are joined once.
    const ofSum =
      wide === undefined
        ? (2 * tilesOf(tiling)) / runOf(tiling) + (4 * partsOf(tiling, context)) / vectors
        : 5 / vectors;
    return {
      tiled: tilesOf(tiling) * tile + entries * channels * filters * ofSum,
      plain: tapsInside(tiling, x.shape) * products,
    };
  });
}

/** The one of the fewest instructions, if that pays: transforms have overheads that the count does not see. */
function cheapest<Plan>(
  plans: readonly Plan[],
  costOf: (plan: Plan) => { readonly tiled: number; readonly plain: number },
): Plan | undefined {
  const [best] = plans
    .map((plan) => ({ plan, ...costOf(plan) }))
    .toSorted((one, other) => one.tiled - other.tiled);
  return best !== undefined && best.tiled < 0.85 * best.plain ? best.plan : undefined;
}
