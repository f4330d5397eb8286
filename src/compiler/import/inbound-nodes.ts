/** Where a layer of a functional model gets its inputs from, in the two forms that Keras has had for it. */
import type { SpecPath } from '../../diagnostics/index.js';
import { describeValue, isMapping } from '../../spec/describe.js';
import type { Findings } from './findings.js';
import type { Mapping } from './saved-model.js';

/** A layer's output: which layer, which of its uses, which of its outputs. */
export interface SavedReference {
  readonly layer: string;
  readonly use: number;
  readonly output: number;
  readonly path: SpecPath;
}

/** `["conv", 0, 0]`, with a fourth part for arguments in inbound nodes. */
function readReference(value: unknown, path: SpecPath): SavedReference | undefined {
  if (!Array.isArray(value)) return undefined;
  const [layer, use = 0, output = 0] = value as unknown[];
  if (typeof layer !== 'string' || !isIndex(use) || !isIndex(output)) return undefined;
  return { layer, use, output, path };
}

const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

/** `input_layers` and `output_layers`: a list of references, a single one, or a mapping of them by name. */
export function readReferences(
  value: unknown,
  path: SpecPath,
  findings: Findings,
): readonly SavedReference[] {
  const single = readReference(value, path);
  if (single !== undefined) return [single];
  if (!Array.isArray(value) && !isMapping(value)) {
    findings.damaged(path, `expected references to layers, found ${describeValue(value)}`);
    return [];
  }
  const items = Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item] as const)
    : Object.entries(value);
  return items.flatMap(([key, item]) => {
    const reference = readReference(item, [...path, key]);
    if (reference !== undefined) return [reference];
    findings.damaged([...path, key], `expected a reference to a layer, found ${describeValue(item)}`);
    return [];
  });
}

/** The inputs of one use of a layer: an entry of `inbound_nodes`. `label` names the layer in messages. */
export function readInboundNode(
  node: unknown,
  path: SpecPath,
  label: string,
  findings: Findings,
): readonly SavedReference[] {
  if (isMapping(node)) return readCall(node, path, label, findings);
  if (!Array.isArray(node)) {
    findings.damaged(path, `${label}: expected its inputs, found ${describeValue(node)}`);
    return [];
  }
  // A layer with one input may have the reference itself instead of a list of one.
  const single = readReference(node, path);
  const items: readonly (readonly [unknown, SpecPath])[] =
    single === undefined ? node.map((item: unknown, index) => [item, [...path, index]]) : [[node, path]];
  return items.flatMap(([item, place]) => {
    const reference = readReference(item, place);
    if (reference === undefined) {
      findings.damaged(place, `${label}: expected a reference to a layer, found ${describeValue(item)}`);
      return [];
    }
    const keywords: unknown = (item as unknown[])[3];
    if (isMapping(keywords)) checkKeywords(keywords, [...place, 3], label, findings);
    return [reference];
  });
}

/** Keras 3: `{ "args": [tensors], "kwargs": {} }`. */
function readCall(
  { args = [], kwargs = {} }: Mapping,
  path: SpecPath,
  label: string,
  findings: Findings,
): readonly SavedReference[] {
  if (!Array.isArray(args) || !isMapping(kwargs)) {
    findings.damaged(path, `${label}: expected 'args' and 'kwargs'`);
    return [];
  }
  // Keras 3 writes `training: false` for layers that only train, and has the model's own word override it.
  const { training, ...keywords } = kwargs;
  const said = training === false ? keywords : kwargs;
  checkKeywords(said, [...path, 'kwargs'], label, findings);
  const read = (value: unknown, place: SpecPath): readonly SavedReference[] => {
    if (value === null) return [];
    if (Array.isArray(value)) return value.flatMap((item: unknown, index) => read(item, [...place, index]));
    if (isMapping(value) && value.class_name === '__keras_tensor__' && isMapping(value.config)) {
      const history = [...place, 'config', 'keras_history'];
      const reference = readReference(value.config.keras_history, history);
      if (reference !== undefined) return [reference];
      findings.damaged(history, `${label}: expected a reference to a layer`);
      return [];
    }
    findings.cannot(place, `${label}: is called with ${describeValue(value)}, which is no layer's output`);
    return [];
  };
  return read(args, [...path, 'args']);
}

/** Arguments of a call beside its inputs. */
function checkKeywords(keywords: Mapping, path: SpecPath, label: string, findings: Findings): void {
  for (const [key, value] of Object.entries(keywords)) {
    if (value === null || (key === 'name' && typeof value === 'string')) continue;
    if (key === 'training' && value === false) {
      findings.note('called with training=False; here it trains when the model does', label);
    } else findings.cannot([...path, key], `${label}: is called with the argument '${key}'`);
  }
}
