import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deriveSeed } from '../../src/layers/seed.js';
import { sha256Hex } from '../../src/layers/sha256.js';
import { anyText, fc } from '../property.js';

describe('sha256Hex', () => {
  test('is the SHA-256 of Node for any text', () => {
    const text = anyText(300);
    fc.assert(
      fc.property(text, (each) => {
        expect(sha256Hex(each)).toBe(createHash('sha256').update(each, 'utf8').digest('hex'));
      }),
    );
  });

  test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000_000])('at %d characters', (length) => {
    const text = 'a'.repeat(length);
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'));
  });
});

describe('deriveSeed', () => {
  test('is the first 31 bits of a SHA-256 that anybody can compute', () => {
    const digest = createHash('sha256').update('[42,"c1","kernelInitializer"]').digest();
    expect(deriveSeed(42, 'c1', 'kernelInitializer')).toBe(digest.readUInt32BE() >>> 1);
  });

  test('is a seed that tfjs takes, and another one for other parts', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 });
    fc.assert(
      fc.property(fc.nat(), parts, parts, (seed, one, other) => {
        const derived = deriveSeed(seed, ...one);
        expect(Number.isInteger(derived) && derived >= 1 && derived < 2 ** 31).toBe(true);
        if (JSON.stringify(one) !== JSON.stringify(other))
          expect(deriveSeed(seed, ...other)).not.toBe(derived);
      }),
    );
  });

  test('spreads evenly over its range', () => {
    const buckets = new Array<number>(16).fill(0);
    for (let step = 0; step < 16_000; step++) buckets[deriveSeed(1, 'shuffle', step) >>> 27]!++;
    // 1000 each, with a standard deviation of 31.
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });
});
