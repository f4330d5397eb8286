/** Saved models of tfjs and Keras as specs. */
export type { GivenShape } from './import-inputs.js';
export { type ImportedModel, type ImportOptions, importModel } from './import-model.js';
export type { WeightsBeside } from './weights-beside.js';
