/** Layers that keep the shape of any input. */
import type { Shape } from './shape.js';

export const elementwise = { outputShape: (_options: object, input: Shape): Shape => input };
