/** The inputs of a saved model, wherever the file has them. */
import type { SpecPath } from '../../diagnostics/index.js';
import { isMapping } from '../../spec/describe.js';
import { isModelClass, layersPath, type Mapping, type SavedObject, savedObject } from './saved-model.js';

export interface SavedInput {
  readonly kind: 'input';
  /** Undefined where the file leaves it to whoever builds the model. */
  readonly name: string | undefined;
  /** With the batch; undefined where the file has none. */
  readonly shape: unknown;
  readonly config: Mapping;
  readonly path: SpecPath;
}

const shapeOf = (config: Mapping) => config.batch_shape ?? config.batch_input_shape;

/** Of an InputLayer. */
export const inputOf = ({ name, config, path }: SavedObject & { readonly name: string }): SavedInput => ({
  kind: 'input',
  name,
  shape: shapeOf(config),
  config,
  path: [...path, 'config'],
});

/** A Sequential's input: a layer of its own, a word of the first layer, or what it was built for. */
export function inputOfSequential(
  model: SavedObject,
  first: (SavedObject & { readonly name: string }) | undefined,
): SavedInput {
  if (first?.className === 'InputLayer') return { ...inputOf(first), name: undefined };
  const at = (path: SpecPath, shape: unknown): SavedInput => ({
    kind: 'input',
    name: undefined,
    shape,
    config: {},
    path,
  });
  for (let object: SavedObject | undefined = first; object !== undefined; object = firstLayer(object)) {
    const shape = shapeOf(object.config);
    if (shape !== undefined) return at([...object.path, 'config'], shape);
  }
  const { value, config, path } = model;
  const built = isMapping(value.build_config) ? value.build_config.input_shape : undefined;
  return at(path, config.build_input_shape ?? built);
}

/** Of a model inside the model. */
function firstLayer(object: SavedObject): SavedObject | undefined {
  const { layers } = object.config;
  if (!isModelClass(object.className) || !Array.isArray(layers)) return undefined;
  return savedObject(layers[0], [...layersPath(object), 0]);
}
