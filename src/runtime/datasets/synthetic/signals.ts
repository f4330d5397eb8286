/** Signals of twenty kinds for inputs of one dimension: steps, ramps, spikes and waves. */
import type { Drawing } from './drawing.js';

/** The signal, between 0 and 1, where the middle of the figure is at 0 and its ends are at -1 and 1. */
type Figure = (t: number) => number;

const within = (t: number, reach: number) => (Math.abs(t) < reach ? 1 : 0);
const fraction = (t: number) => t - Math.floor(t);
const ramp = (t: number) => Math.min(1, Math.max(0, 0.5 + t / 2));
const tooth = (t: number) => 2 * Math.abs(fraction(t) - 0.5);
const hump = (t: number) => Math.max(0, 1 - t * t);
const spikes = (t: number) => within(Math.abs(t) - 0.6, 0.12);

const figures: readonly (readonly [name: string, figure: Figure])[] = [
  ['step up', (t) => (t > 0 ? 1 : 0)],
  ['step down', (t) => (t > 0 ? 0 : 1)],
  ['ramp up', ramp],
  ['ramp down', (t) => ramp(-t)],
  ['hump', hump],
  ['dip', (t) => 1 - hump(t)],
  ['spike', (t) => within(t, 0.12)],
  ['notch', (t) => 1 - within(t, 0.12)],
  ['square wave', (t) => (fraction(t) < 0.5 ? 1 : 0)],
  ['triangle wave', tooth],
  ['two spikes', spikes],
  ['two notches', (t) => 1 - spikes(t)],
  ['plateau', (t) => within(t, 0.7)],
  ['trough', (t) => 1 - within(t, 0.7)],
  ['fast square wave', (t) => (fraction(2.5 * t) < 0.5 ? 1 : 0)],
  ['fast triangle wave', (t) => tooth(2.5 * t)],
  ['rising sawtooth', (t) => fraction(1.5 * t)],
  ['falling sawtooth', (t) => 1 - fraction(1.5 * t)],
  ['stairs up', (t) => (t < -0.4 ? 0 : t < 0.4 ? 0.5 : 1)],
  ['stairs down', (t) => (t < -0.4 ? 1 : t < 0.4 ? 0.5 : 0)],
];

export const mostSignals = figures.length;

/** Sequences of `length` values, at least 16. */
export function signals(length: number, classes: number): Drawing {
  const kinds = figures.slice(0, classes);
  return {
    classNames: kinds.map(([name]) => name),
    draw(label, stream, into) {
      const figure = kinds[label]![1];
      const centre = stream.between(-0.25, 0.25);
      const size = stream.between(0.45, 0.8);
      const low = stream.between(0.05, 0.4);
      const height = stream.between(0.25, 0.55);
      const noise = stream.between(0.03, 0.12);
      for (let i = 0; i < length; i++) {
        const t = ((2 * i + 1) / length - 1 - centre) / size;
        into[i] = 255 * (low + height * figure(t) + stream.between(-noise, noise));
      }
    },
  };
}
