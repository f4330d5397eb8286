/** Drawing takes longer than the small runs of these tests. */
import { afterAll, beforeAll, vi } from 'vitest';
import type { drawCurves } from '../../../src/runtime/plots.js';

const curves = async () => ({ svg: '<svg/>', png: new Uint8Array([1]) });

/** In this file, runs have these curves instead of drawn ones. The trainer loads its drawing when it needs it. */
export function fakeCurves(draw: typeof drawCurves = curves): void {
  const module = '../../../src/runtime/plots.js';
  beforeAll(() => void vi.doMock(module, () => ({ drawCurves: draw })));
  afterAll(() => void vi.doUnmock(module));
}
