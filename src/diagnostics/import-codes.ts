/** Codes of models that are to become specs. */
import { codeTable } from './code-entry.js';

export const importCodes = codeTable({
  'cannot-import': {
    kind: 'usage',
    title: 'a part of a saved model that no spec can say',
    explanation:
      'The saved model has a layer, an option or a connection that TensorFlow.js or the language of specs does not have: the message names the layer and the key, and the place is the one in the JSON file. Everything of that kind is reported at once, and nothing is written. Rebuild that part of the model with what there is, or write the spec by hand; `docs/spec-reference.md` lists all layers and options.',
  },
  'damaged-model': {
    kind: 'usage',
    title: 'a saved model that contradicts itself',
    explanation:
      'A layer refers to another one that is not there, takes part in a circle, or lacks its class or its config. No program saves a model like that: the file was edited or cut. Save the model again.',
  },
  'not-a-model': {
    kind: 'usage',
    title: 'JSON that is no saved model of layers',
    explanation:
      'What can be imported is the `model.json` of a tfjs layers-model, the text that `model.to_json()` of Keras 2 or 3 returns, or a `.keras` file. A graph-model (`tensorflowjs_converter --output_format tfjs_graph_model`, or a SavedModel) holds operations, from which no layers can be read. A model class of your own says nothing about its layers.',
    wrong: 'speccc import graph-model/model.json',
    right: 'speccc import layers-model/model.json',
  },
  'not-json': {
    kind: 'usage',
    title: 'text that is not JSON',
    explanation:
      'The file cannot be read as JSON at this place. An HDF5 file (`.h5`) is not JSON either: load it in Keras and write what `model.to_json()` returns.',
  },
  'model-too-large': {
    kind: 'usage',
    title: 'a saved model beyond the size limits',
    explanation:
      'A saved model is at most 64 MiB of JSON, four million values, nested 256 deep. Weights are not in this file, so that no network comes near it.',
  },
  'model-unreadable': {
    kind: 'usage',
    title: 'a saved model that cannot be read',
    explanation:
      'There is no such file, it is a folder, it may not be read, or it is neither JSON nor a `.keras` file. The message says which.',
  },
});
