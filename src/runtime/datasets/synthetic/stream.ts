import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Random numbers of one example. Only integers and exact operations are used from here to the pixel (+, -, *,
 * /, and square roots), so every machine and every JavaScript engine draws the same bytes.
 */
export class Stream {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
    // The first numbers still show the seed.
    for (let i = 0; i < 8; i++) this.#generator.next();
  }

  /** 32 random bits. */
  bits(): number {
    return this.#generator.next();
  }

  /** From `low` up to, but not including, `high`. */
  between(low: number, high: number): number {
    return low + ((this.bits() >>> 0) / 2 ** 32) * (high - low);
  }
}
