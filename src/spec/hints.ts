/** What to write instead, where a value or a key is wrong in a way that people often get wrong. */
import { type SpecPath, sameWord } from '../diagnostics/index.js';
import { activationNames } from '../layers/activations.js';
import { leftOut } from '../layers/index.js';
import { describeValue, isOfType, type JsonSchema } from './describe.js';
import { nearest } from './suggest.js';

/** For a value of the wrong kind whose meaning is plain all the same. */
export function valueHint(schema: JsonSchema, value: unknown, path: SpecPath): string | undefined {
  const first = path[0] === 'input' && path[1] === 0;
  if (first && (value === null || value === -1 || value === 'None')) {
    return 'leave the size of the batch out, and give every other size';
  }
  const forms = schema.anyOf ?? [schema];
  const takes = (type: string) => forms.some((form) => form.type === type);
  const numeric = takes('number') || takes('integer');
  if (typeof value === 'string') {
    const text = value.trim();
    if (numeric && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return `write ${text} without quotes`;
    if (numeric && /^\d{1,3}([_, ]\d{3})+$/.test(text)) return `write ${text.replace(/[_, ]/g, '')}`;
    const list = /^\[?\s*(\d+)\s*[x×, ]\s*(\d+)(?:\s*[x×, ]\s*(\d+))?\s*\]?$/.exec(text);
    if (takes('array') && text.startsWith('(')) return 'write lists in square brackets: [3, 3]';
    if (takes('array') && list !== null) {
      return `write [${list.slice(1).filter(Boolean).join(', ')}]`;
    }
    if (takes('boolean') && /^(yes|on|y|true|1)$/i.test(text)) return 'write true';
    if (takes('boolean') && /^(no|off|n|false|0)$/i.test(text)) return 'write false';
    if (/^(none|null|undefined)$/i.test(text)) return defaultHint(schema);
  }
  if (value === null) return defaultHint(schema);
  if (takes('array') && forms.some(({ items }) => items !== undefined && isOfType(value, itemType(items)))) {
    return `write [${String(value)}]`;
  }
  if (takes('boolean') && (value === 0 || value === 1)) return `write ${value === 1}`;
  const isText = forms.some(({ type, enum: words, pattern }) => type === 'string' && !words && !pattern);
  if (isText && (typeof value === 'number' || typeof value === 'boolean')) return `write "${value}"`;
  return undefined;
}

const defaultHint = (schema: JsonSchema) =>
  schema.default === undefined
    ? 'give it a value'
    : `give it a value, or leave it out to get ${describeValue(schema.default)}`;

const itemType = (items: JsonSchema) => (items.enum === undefined ? items.type : 'string');

/** For the type of a layer that is something else here. */
export function layerElsewhere(type: string, types: readonly string[]): string | undefined {
  const plain = type.toLowerCase().replace(/[\s_-]/g, '');
  if (plain === 'input' || plain === 'inputlayer')
    return "the shape of the input stands in 'input', above the layers";
  const absent = sameWord(type, Object.keys(leftOut));
  if (absent !== undefined) return `it is left out: ${leftOut[absent]}`;
  if (/cell$/.test(plain) && !types.includes(type)) {
    return `a cell stands in a recurrent layer: { type: rnn, cell: { type: ${type}, … } }`;
  }
  if (nearest(type, types) !== undefined) return undefined;
  const activation = nearest(type, activationNames);
  return activation === undefined ? undefined : `write { type: activation, activation: ${activation} }`;
}

/** For a key that belongs to another place. */
export function optionElsewhere(key: string, path: SpecPath): string | undefined {
  const plain = key.toLowerCase().replace(/[\s_-]/g, '');
  if (
    path.includes('layers') &&
    (plain === 'inputshape' || plain === 'batchinputshape' || plain === 'inputdim')
  ) {
    return "the shape of the input stands in 'input', above the layers";
  }
  const ofTraining = path.length === 0 ? nearest(key, trainingKeys) : undefined;
  if (ofTraining !== undefined) return `it belongs into 'training': ${ofTraining}`;
  if (path.length === 1 && path[0] === 'training' && nearest(key, ['learningRate']) !== undefined) {
    return 'it belongs to the optimizer: { type: adam, learningRate: … }';
  }
  if (path.length === 1 && path[0] === 'training' && nearest(key, ['seed']) !== undefined) {
    return "it stands in 'seed', above the layers";
  }
  return undefined;
}

const trainingKeys = [
  'dataset',
  'optimizer',
  'loss',
  'metrics',
  'batchSize',
  'epochs',
  'validationFrequency',
  'checkpoint',
] as const;
