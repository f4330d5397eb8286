/**
 * fast-check with a seed, so that a run of the tests is the same everywhere. `PROPERTY_SEED=random` draws others, to
 * look for what nobody has found; a property that fails prints the seed to give here.
 */
import fc from 'fast-check';

const { PROPERTY_SEED: given = '20261125' } = process.env;
if (given !== 'random') fc.configureGlobal({ seed: Number(given) });

/** Any character, or half of one. The `binary` of fast-check has no halves, and takes a second to list the others. */
const character = fc.nat(0x10ffff).map(
  (code) => String.fromCodePoint(code),
  (text) => {
    const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (code === undefined || String.fromCodePoint(code) !== text) throw new Error('not one character');
    return code;
  },
);

export const anyText = (maxLength?: number): fc.Arbitrary<string> =>
  fc.string({ unit: character, ...(maxLength !== undefined && { maxLength }) });

export { fc };
