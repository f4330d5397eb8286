/** Random specs of blocks, branches and repeats, and what they mean, worked out in the plainest way. */
import { fc } from '../../property.js';

export type Json = Record<string, unknown>;
type Env = Readonly<Record<string, number | boolean>>;

/** What a plain layer is made of. */
export interface PlainLayer {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly string[];
  readonly options: Json;
}

/** Where a step of a random program stands: what it may use there. */
interface Place {
  /** Blocks that it may use: those before its own. */
  readonly blocks: readonly string[];
  /** Params and indices with numbers. */
  readonly numbers: readonly string[];
  readonly depth: number;
  /** Names of earlier steps in the lists around it. */
  readonly outer: readonly string[];
}

const number = (place: Place) =>
  fc.oneof(
    fc.integer({ min: 1, max: 9 }),
    ...(place.numbers.length === 0
      ? []
      : [
          fc
            .tuple(fc.constantFrom(...place.numbers), fc.constantFrom('', ' + 1', ' * 2', ' % 3 + 1'))
            .map(([name, rest]) => `\${${name}${rest}}`),
        ]),
  );

const truth = (place: Place) =>
  fc.oneof(
    fc.boolean(),
    fc.constantFrom(0, 1),
    ...(place.numbers.length === 0
      ? []
      : [fc.constantFrom(...place.numbers).map((name) => `\${${name} > 2}`)]),
  );

/** Keys that a step may have, most of them seldom. */
function common(place: Place, own: readonly string[], name: string) {
  const known = [...own, ...place.outer, 'input'];
  return fc
    .record({
      name: fc.option(fc.constant(name), { nil: undefined, freq: 2 }),
      when: fc.option(truth(place), { nil: undefined, freq: 1 }),
      from: fc.option(fc.constantFrom(...known), { nil: undefined, freq: 2 }),
    })
    .map((keys) => ({
      ...(keys.name === undefined ? {} : { name: keys.name }),
      ...(keys.when === undefined || keys.when === true ? {} : { when: keys.when }),
      ...(keys.from === undefined || Math.abs(keys.from.length) % 3 === 0 ? {} : { from: keys.from }),
    }));
}

/** One list, its steps made one after the other, since later ones name earlier ones. */
function listAt(place: Place, least: number): fc.Arbitrary<readonly Json[]> {
  const most = place.depth === 0 ? 4 : 3;
  return fc.integer({ min: least, max: most }).chain((length) => stepsAt(place, length, []));
}

function stepsAt(place: Place, left: number, before: readonly Json[]): fc.Arbitrary<readonly Json[]> {
  if (left === 0) return fc.constant(before);
  const own = before.flatMap((step) => (typeof step.name === 'string' ? [step.name] : []));
  return stepAt(place, own, `d${place.depth}s${before.length}`).chain((step) =>
    stepsAt(place, left - 1, [...before, step]),
  );
}

function stepAt(place: Place, own: readonly string[], name: string): fc.Arbitrary<Json> {
  const keys = common(place, own, name);
  const inside = { ...place, depth: place.depth + 1, outer: [...own, ...place.outer] };
  const layer = fc
    .tuple(keys, fc.constantFrom('dense', 'leakyReLU', 'dropout'), number(place))
    .map(([more, type, n]) => ({
      type,
      ...more,
      ...(type === 'dense' ? { units: 4, biasInitializer: { type: 'constant', value: n } } : {}),
      ...(type === 'leakyReLU' ? { alpha: n } : {}),
      ...(type === 'dropout' ? { rate: 0.5 } : {}),
    }));
  const use = (blocks: readonly string[]) =>
    fc
      .tuple(keys, fc.constantFrom(...blocks), number(place), fc.option(number(place), { nil: undefined }))
      .map(([more, block, n, m]) => ({ use: block, ...more, n, ...(m === undefined ? {} : { m }) }));
  const repeat = fc
    .tuple(
      keys,
      fc.oneof(
        fc.integer({ min: 0, max: 3 }),
        ...(place.numbers.length > 0 ? [fc.constantFrom(...place.numbers).map((n) => `\${${n} % 3}`)] : []),
      ),
      listAt({ ...inside, numbers: [...place.numbers, `i${place.depth}`] }, 1),
    )
    .map(([more, turns, layers]) => ({ repeat: turns, as: `i${place.depth}`, layers, ...more }));
  const parallel = fc
    .tuple(
      keys,
      fc.array(listAt(inside, 0), { minLength: 2, maxLength: 3 }),
      fc.constantFrom<unknown>('add', 'maximum', { type: 'average' }),
    )
    .map(([more, branches, merge]) => ({ parallel: branches, merge, ...more }));
  const nested =
    place.depth >= 3
      ? []
      : [
          { weight: 2, arbitrary: repeat },
          { weight: 2, arbitrary: parallel },
        ];
  const uses = place.blocks.length === 0 ? [] : [{ weight: 3, arbitrary: use(place.blocks) }];
  return fc.oneof({ weight: 4, arbitrary: layer }, ...uses, ...nested) as fc.Arbitrary<Json>;
}

const blockNames = ['b0', 'b1', 'b2'];

/** Everything works on four numbers, so that all shapes fit. */
export const programs: fc.Arbitrary<Json> = fc
  .tuple(
    ...blockNames.map((_, index) =>
      listAt({ blocks: blockNames.slice(0, index), numbers: ['n', 'm'], depth: 1, outer: [] }, 1),
    ),
    listAt({ blocks: blockNames, numbers: ['w'], depth: 0, outer: [] }, 1),
    fc.integer({ min: 1, max: 5 }),
  )
  .map(([b0, b1, b2, layers, w]) => ({
    name: 'random',
    input: [4],
    params: { w },
    blocks: Object.fromEntries(
      [b0, b1, b2].map((steps, index) => [
        blockNames[index],
        { params: { n: null, m: '${n + 1}' }, layers: steps },
      ]),
    ),
    layers,
  }));

/** Reads a value of a program: a number, or an expression of the few kinds that programs have. */
function resultOf(value: unknown, env: Env): unknown {
  if (typeof value === 'string' && value.startsWith('${')) {
    const names = Object.keys(env);
    return new Function(...names, `return ${value.slice(2, -1)}`)(...names.map((name) => env[name]));
  }
  if (Array.isArray(value)) return value.map((item) => resultOf(item, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resultOf(item, env)]));
}

/** The layers of a program and the value of its last step, by nothing but recursion. */
export function meaningOf(program: Json): { readonly layers: readonly PlainLayer[]; readonly last: string } {
  const layers: PlainLayer[] = [];
  const blocks = program.blocks as Record<string, { readonly layers: readonly Json[] }>;

  /** `scopes` are the names that are known, those of the list itself first. */
  const list = (
    steps: readonly Json[],
    prefix: string,
    env: Env,
    outer: readonly Map<string, string>[],
    input: string,
  ): string => {
    const known = new Map<string, string>();
    const scopes = [known, ...outer];
    const given = new Set(steps.map(({ name }) => name));
    const counts: Record<string, number> = {};
    let previous = input;
    for (const step of steps) {
      const base = String(step.type ?? step.use ?? (step.repeat === undefined ? 'parallel' : 'repeat'));
      let local = step.name as string | undefined;
      while (local === undefined || (step.name === undefined && given.has(local))) {
        counts[base] = (counts[base] ?? 0) + 1;
        local = `${base}_${counts[base]}`;
      }
      const from = step.from as string | undefined;
      const value = from === undefined ? previous : scopes.find((scope) => scope.has(from))!.get(from)!;
      previous = resultOf(step.when ?? true, env) ? single(step, prefix + local, env, scopes, value) : value;
      known.set(local, previous);
    }
    return previous;
  };

  const single = (
    step: Json,
    name: string,
    env: Env,
    scopes: readonly Map<string, string>[],
    input: string,
  ): string => {
    if (step.repeat !== undefined) {
      let value = input;
      const turns = resultOf(step.repeat, env) as number;
      for (let i = 0; i < turns; i++) {
        value = list(
          step.layers as Json[],
          `${name}/${i}/`,
          { ...env, [step.as as string]: i },
          scopes,
          value,
        );
      }
      return value;
    }
    if (step.parallel !== undefined) {
      const inputs = (step.parallel as Json[][]).map((branch, i) =>
        list(branch, `${name}/${i}/`, env, scopes, input),
      );
      const type = typeof step.merge === 'string' ? step.merge : (step.merge as { type: string }).type;
      layers.push({ name, type, inputs, options: {} });
      return name;
    }
    if (step.use !== undefined) {
      const n = resultOf(step.n, env) as number;
      const m = step.m === undefined ? n + 1 : (resultOf(step.m, env) as number);
      return list(
        blocks[step.use as string]!.layers,
        `${name}/`,
        { n, m },
        [new Map([['input', input]])],
        input,
      );
    }
    const { type, name: _name, from: _from, when: _when, ...options } = step;
    layers.push({ name, type: type as string, inputs: [input], options: resultOf(options, env) as Json });
    return name;
  };

  const last = list(
    program.layers as Json[],
    '',
    program.params as Env,
    [new Map([['input', 'input']])],
    'input',
  );
  return { layers, last };
}
