/**
 * fast-check with a seed, so that a run of the tests is the same everywhere. `PROPERTY_SEED=random` draws others, to
 * look for what nobody has found; a property that fails prints the seed to give here.
 */
import fc from 'fast-check';

const { PROPERTY_SEED: given = '20261125' } = process.env;
if (given !== 'random') fc.configureGlobal({ seed: Number(given) });

export { fc };
