/** Saved models of tfjs and Keras as specs. */
export { type ImportedModel, type ImportOptions, importModel } from './import-model.js';
