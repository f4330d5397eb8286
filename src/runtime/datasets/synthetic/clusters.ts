/**
 * One cloud of points a class, for shapes in which nothing can be drawn and for more classes than there are
 * figures: each class has a random middle, and its examples lie around it.
 */
import { deriveSeed } from '../../../layers/seed.js';
import type { Drawing } from './drawing.js';
import { Stream } from './stream.js';

export function clusters(size: number, classes: number, seed: number): Drawing {
  const middles = Array.from({ length: classes }, (_, label) => {
    const stream = new Stream(deriveSeed(seed, 'synthetic', 'middle', label));
    return Float64Array.from({ length: size }, () => stream.between(0.2, 0.8));
  });
  return {
    classNames: middles.map((_, label) => `cluster ${label + 1}`),
    draw(label, stream, into) {
      const middle = middles[label]!;
      for (let i = 0; i < size; i++) into[i] = 255 * (middle[i]! + stream.between(-0.2, 0.2));
    },
  };
}
