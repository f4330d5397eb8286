/**
 * Networks of blocks that use blocks, repeats and branches, at random: what a spec can say about structure, in small.
 * One number makes one network.
 */

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { ModelGraph, ParamValue } from '../../src/compiler/model-graph.js';
import { type Builder, scopedGraph } from './scoped-graphs.js';

type Env = Readonly<Record<string, ParamValue>>;
type Value = (env: Env) => ParamValue;
type Steps = (at: Builder, from: string, env: Env) => string;

const mostLayers = 60;
const mostUnits = 12;

/** A sequential one has no branches. */
export function randomNetwork(seed: number, sequential: boolean): ModelGraph {
  const generator = xoroshiro128plus(seed);
  const below = (count: number) => uniformInt(generator, 0, count - 1);
  const pick = <Element>(list: readonly Element[]): Element => list[below(list.length)]!;
  let layers = 0;

  const number = (inside: boolean): Value => {
    const own = 2 + below(3);
    const choices: Value[] = [() => own];
    if (inside)
      choices.push(
        ({ width }) => width!,
        ({ width }) => Number(width) * 2,
        ({ mode }) => Number(mode) + 1,
      );
    if (below(6) === 0) choices.push(({ index }) => Number(index ?? 0) + own);
    return pick(choices);
  };
  const text = (inside: boolean): Value =>
    inside && below(2) === 0 ? ({ act }) => act! : pick([() => 'relu', () => 'tanh', () => 'elu']);

  const layer = (name: string, inside: boolean): Steps => {
    const [units, rate, activation] = [number(inside), number(inside), text(inside)];
    const [kind, useBias] = [below(4), below(2) === 0];
    return (at, from, env) => {
      layers++;
      if (kind === 0) return at.layer('dropout', name, from, { rate: Number(rate(env)) / 10 });
      if (kind === 1) return at.layer('activation', name, from, { activation: activation(env) });
      if (kind === 2) return at.layer('layerNormalization', name, from);
      return at.layer('dense', name, from, { units: units(env), activation: activation(env), useBias });
    };
  };

  const blocks: { readonly name: string; readonly body: Steps }[] = [];
  const use = (name: string, inside: boolean): Steps => {
    const { name: block, body } = pick(blocks);
    const [width, mode, act] = [number(inside), pick([() => 1, () => 2]), text(inside)];
    const own = inside && below(2) === 0;
    return (at, from, env) => {
      const params = { width: width(env), mode: own ? env.mode! : mode(), act: act(env) };
      return at.block(block, name, from, params, (part, [input]) => body(part, input!, params));
    };
  };

  const list = (depth: number, inside: boolean, least = 1): Steps => {
    const steps = Array.from({ length: least + below(3) }, (_, index): Steps => {
      const name = `s${index}`;
      const kind = below(8);
      if (kind < 2 && blocks.length > 0) return use(name, inside);
      if (kind === 2 && depth < 3) {
        const body = list(depth + 1, inside);
        const turns = number(inside);
        return (at, from, env) =>
          at.repeat(name, Math.min(3, Number(turns(env))), from, (turn, input, index) =>
            body(turn, input, { ...env, index }),
          );
      }
      if (kind === 3 && depth < 3 && !sequential) {
        const branches = Array.from({ length: 2 + below(2) }, () => list(depth + 1, inside, 0));
        const merge = pick(['concatenate', 'concatenate', 'add']);
        return (at, from, env) => {
          const values = branches.map((branch, index) =>
            at.branch(name, index, (part) => branch(part, from, env)),
          );
          // What is added must be of one size, and what is concatenated must not grow without end. And tfjs 4.22
          // cannot predict where a layer takes one value twice that others take too.
          const sized = values.map((value, index) =>
            merge === 'add' || values.indexOf(value) < index || at.shape(value)[0]! > mostUnits
              ? at.layer('dense', `${name}_${index}`, value, { units: 3 })
              : value,
          );
          return at.layer(merge, name, sized);
        };
      }
      return layer(name, inside);
    });
    const conditions = steps.map(() => (inside && below(4) === 0 ? 1 + below(2) : undefined));
    const skips = steps.map(() => !sequential && below(8) === 0);
    return (at, from, env) => {
      let [before, value] = [from, from];
      for (const [index, step] of steps.entries()) {
        const condition = conditions[index];
        if (layers > mostLayers || (condition !== undefined && env.mode === condition)) continue;
        const made = step(at, value, env);
        const joined =
          skips[index] && made !== before && at.shape(made)[0]! + at.shape(before)[0]! < mostUnits
            ? at.layer('concatenate', `j${index}`, [made, before])
            : made;
        [before, value] = [value, joined];
      }
      return value;
    };
  };

  for (const name of ['inner', 'middle', 'outer']) blocks.push({ name, body: list(1, true) });
  const body = list(0, false, 3);
  return scopedGraph(`random${seed}`, { input: [3] }, (root) => {
    const start = root.layer('dense', 'start', 'input', { units: 4 });
    const value = body(root, start, {});
    const last = root.layer('dense', 'end', value, { units: 2 });
    return sequential ? last : [last, start];
  });
}
