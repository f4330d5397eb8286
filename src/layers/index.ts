/** The registry: every layer kind, by its type. Schema, reference, help and the test battery derive from it. */
import { conv2d } from './conv2d.js';
import type { LayerDefinition } from './define-layer.js';
import { dense } from './dense.js';
import { flatten } from './flatten.js';
import { maxPooling2d } from './max-pooling-2d.js';

export { type Argument, type Call, isCall } from './call.js';
export {
  defineLayer,
  isProblem,
  type LayerDefinition,
  type LayerExample,
  type LowerContext,
  layerCall,
  type Problem,
  type WeightSpec,
} from './define-layer.js';
export { formatShape, type Shape, sizeOf } from './shape.js';

const definitions: readonly LayerDefinition[] = [conv2d, dense, flatten, maxPooling2d];

export const layers: ReadonlyMap<string, LayerDefinition> = new Map(definitions.map((d) => [d.type, d]));
