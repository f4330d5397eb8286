/**
 * Random numbers from a counter: what comes at a place depends on the key and the place alone, so that any part can
 * be drawn again, in any order, by any number of threads.
 *
 * Threefry-2x32 with 20 rounds, of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
 * (2011), as in Random123 and JAX.
 */
import { logarithm, splitNumber } from './logarithm.js';
import {
  addInts,
  functionText,
  instruction,
  mul,
  or,
  type Step,
  shiftLeft,
  shiftRight,
  splat,
  splatBits,
  sqrt,
  type VectorFunction,
  xor,
} from './vector-function.js';

const parameters = ['$key0: i32', '$key1: i32', '$counter0', '$counter1'];

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const rounds = 20;
/** Between them, every four rounds, the key is added. */
const roundsPerKey = 4;

const spread = instruction('i32x4.splat');

function* threefrySteps(): Generator<Step> {
  const keys = ['$spread0', '$spread1', '$spread2'];
  yield ['$spread0', spread('$key0')];
  yield ['$spread1', spread('$key1')];
  yield ['$spread2', xor(xor('$spread0', '$spread1'), splatBits(0x1bd11bda))];
  yield ['$counter0', addInts('$counter0', '$spread0')];
  yield ['$counter1', addInts('$counter1', '$spread1')];
  for (let round = 0; round < rounds; round += 1) {
    const bits = rotations[round % rotations.length]!;
    const rotated = or(shiftLeft('$counter1', bits), shiftRight('$counter1', 32 - bits));
    yield ['$counter0', addInts('$counter0', '$counter1')];
    yield ['$counter1', xor(rotated, '$counter0')];
    if ((round + 1) % roundsPerKey === 0) {
      const turn = (round + 1) / roundsPerKey;
      yield ['$counter0', addInts('$counter0', keys[turn % 3]!)];
      yield ['$counter1', addInts('$counter1', addInts(keys[(turn + 1) % 3]!, splatBits(turn)))];
    }
  }
}

/** Two words of 32 bits for each lane's counter of two words. */
export const threefry: VectorFunction = {
  name: 'threefry',
  calls: [],
  ulps: 0,
  text: () =>
    functionText('threefry', {
      parameters,
      steps: [...threefrySteps()],
      results: ['$counter0', '$counter1'],
    }),
};

const drawWords: Step = [
  '$word0 $word1',
  '(call $threefry (local.get $key0) (local.get $key1) (local.get $counter0) (local.get $counter1))',
];

/** The upper 24 bits as a whole number, exactly. */
const upperBits = (word: string) => instruction('f32x4.convert_i32x4_s')(shiftRight(word, 8));

/** Uniform in [0, 1): multiples of 2^-24, from the first word. */
export const uniform: VectorFunction = {
  name: 'uniform',
  calls: ['threefry'],
  ulps: 0,
  text: () =>
    functionText('uniform', {
      parameters,
      steps: [drawWords],
      results: [mul(upperBits('$word0'), splat(2 ** -24))],
    }),
};

/**
 * Standard normal, by Box and Muller: √(-2 log u) cos(2πv) with u in (0, 1] from the first word and v in [0, 1) from
 * the second. No result is farther from zero than 5.77, where u is 2^-24.
 */
export const normal: VectorFunction = {
  name: 'normal',
  calls: ['threefry', 'cosTurns'],
  ulps: 4,
  text: (options) =>
    functionText('normal', {
      parameters,
      steps: [
        drawWords,
        ['$u', instruction('f32x4.add')(upperBits('$word0'), splat(1))],
        ['$u', mul('$u', splat(2 ** -24))],
        ...splitNumber('$u'),
        ...logarithm(options),
        ['$v', mul(upperBits('$word1'), splat(2 ** -24))],
      ],
      results: [mul(sqrt(mul('$log', splat(-2))), '(call $cosTurns (local.get $v))')],
    }),
};
