/** The language of specs as one JSON schema, for editors and other programs. */
import { builtInRegistry, type LayerRegistry } from '../layers/index.js';
import { languageOf } from './language.js';

/** The JSON schema (draft 2020-12) of whole specs: a copy, to do with as you like. */
export function publishedSchema(registry: LayerRegistry = builtInRegistry): Record<string, unknown> {
  const { spec } = languageOf(registry);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:speccc:spec',
    ...(JSON.parse(JSON.stringify(spec)) as object),
    title: 'speccc spec',
    description: 'A neural network, and how to train it.',
  };
}
