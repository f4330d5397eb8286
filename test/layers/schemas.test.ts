import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { LayerDefinition } from '../../src/layers/index.js';
import { leftOut, otherNames } from '../../src/layers/left-out.js';
import { evaluateCall } from '../../src/runtime/build-model.js';
import { programOf } from '../compiler/printed-modules.js';
import { cells, examples, kinds, type Layer, lowered, modelOf, tf } from './tfjs.js';

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly const?: unknown;
}

const all: readonly LayerDefinition[] = [...kinds, ...cells];

/** As the published schema has them: plain JSON, in which nested layers are refs. */
const schemas = new Map(
  all.map((kind) => [kind.type, JSON.parse(JSON.stringify(kind.options)) as Schema & object]),
);

const ajv = new Ajv2020({ strict: true, discriminator: true, allErrors: true, code: { optimize: false } });
ajv.addSchema({ $id: 'urn:test:layers', $defs: { nestedLayer: unionOf(kinds), cell: unionOf(cells) } });

/** What a nested layer may be, as `nestedLayer` says. */
function unionOf(kinds: readonly LayerDefinition[]) {
  const branches = kinds
    .filter(({ inputs }) => inputs === 'one')
    .map(({ type }) => {
      const { properties, required = [], ...schema } = resolved(schemas.get(type)!) as Schema;
      return {
        ...schema,
        properties: { type: { const: type, type: 'string' }, ...properties },
        required: ['type', ...required],
      };
    });
  return { type: 'object', discriminator: { propertyName: 'type' }, oneOf: branches };
}

function resolved(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"urn:test:layers#/$defs/')) as object;
}

const validators = new Map(
  [...schemas].map(([type, schema]) => [type, ajv.compile(resolved(schema))] as const),
);
const validatorOf = (type: string): ValidateFunction => validators.get(type)!;

/** Every object in a schema, at any depth, with the way to it. */
function* objects(schema: Schema, path: string): Generator<readonly [string, Schema]> {
  if (schema.properties !== undefined) yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    yield* objects(property, `${path}.${name}`);
  for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
    yield* objects(branch, `${path}${branch.properties ? `.${branch.properties.type?.const}` : ''}`);
  }
  if (schema.items) yield* objects(schema.items, `${path}[]`);
}

/** What `tf.layers` exports and specs have not. */
const notLayers: Readonly<Record<string, string>> = {
  Layer: 'the base class of layers',
  RNN: 'the base class of recurrent layers',
  RNNCell: 'the base class of cells',
  input: 'not a layer: what a spec says as `input`',
  inputLayer: 'not a step: what a spec says as `input`',
  ...leftOut,
};

describe('the registry', () => {
  test('has all layers of tfjs: each is a kind, another name of one, or left out for a reason', () => {
    const known = new Set([...all.map(({ type }) => type), ...Object.keys(notLayers)]);
    const others = Object.keys(tf.layers).filter((name) => !known.has(name));
    expect(others.sort()).toEqual(Object.keys(otherNames).sort());
    const functions = tf.layers as unknown as Readonly<Record<string, (options: object) => Layer>>;
    for (const [name, own] of Object.entries(otherNames)) {
      const kind = all.find(({ type }) => type === own);
      expect(kind?.className, name).toBe(functions[name]!({}).getClassName());
    }
    for (const name of known) expect(tf.layers, name).toHaveProperty(name);
    expect(new Set(all.map(({ type }) => type)).size).toBe(all.length);
    expect(new Set(all.map(({ className }) => className)).size).toBe(all.length);
  });

  test('leaves out what tfjs cannot put into a model', () => {
    const cell = tf.layers.convLstm2dCell({ filters: 1, kernelSize: 2 });
    expect(() => modelOf(tf.layers.rnn({ cell }), [[3, 4, 4, 1]])).toThrow('expected ndim=3');
    expect(() => modelOf(tf.layers.rnn({ cell: [cell] }), [[3, 4, 4, 1]])).toThrow('expected ndim=3');
    const resizing = tf.layers.resizing({ height: 3, width: 5 });
    const resized = modelOf(resizing, [[8, 8, 3]]);
    expect(resized.outputShape).toEqual([3, 5, 8]);
    expect(() => resized.predict(tf.ones([2, 8, 8, 3]))).toThrow();
    const random = tf.layers.randomWidth({ factor: 0.5, seed: 3 } as never);
    const widths = [1, 2, 3].map(() => (random.apply(tf.ones([1, 4, 20, 1])) as tf.Tensor).shape[2]);
    expect(new Set(widths).size).toBeGreaterThan(1);
  });
});

describe.each(all)('$type', (kind) => {
  const schema = schemas.get(kind.type)!;
  const properties = Object.keys(schema.properties!);

  test('describes itself and each of its options, at every depth', () => {
    expect(kind.summary).toMatch(/^[A-Z0-9].*\.$/);
    for (const [path, object] of objects(schema, kind.type)) {
      expect(object.additionalProperties, path).toBe(false);
      for (const [name, property] of Object.entries(object.properties!)) {
        if (property.const === undefined) {
          expect(property.description, `${path}.${name}`).toMatch(/^(\S.{3,}[.])$/);
        } else {
          expect(object.description, path).toMatch(/^[A-Z].*\.$/);
        }
      }
    }
  });

  test('has two to four examples, which show every option', () => {
    expect(kind.examples.length).toBeGreaterThanOrEqual(2);
    expect(kind.examples.length).toBeLessThanOrEqual(4);
    const shown = new Set(kind.examples.flatMap(({ options }) => Object.keys(options)));
    // Common options are shown once for all layers.
    expect([...shown, 'trainable'].sort()).toEqual(expect.arrayContaining([...properties].sort()));
    for (const name of shown) expect(properties).toContain(name);
  });

  test('accepts its examples, and nothing else beside them', () => {
    const validate = validatorOf(kind.type);
    for (const { options } of kind.examples) {
      expect(validate(options), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...options, activaton: 'relu' })).toBe(false);
      for (const name of schema.required ?? []) {
        const { [name]: _, ...others } = options;
        expect(validate(others), `without ${name}`).toBe(false);
      }
      for (const name of Object.keys(options)) {
        expect(validate({ ...options, [name]: { not: 'it' } }), `wrong ${name}`).toBe(false);
      }
    }
  });

  test('has the defaults of tfjs', () => {
    const example = kind.examples[0]!;
    for (const [name, { default: value }] of Object.entries(schema.properties!)) {
      // `flatten` writes only what it was given; what it computes without is tested with the other formats.
      if (value === undefined || kind.type === 'flatten') continue;
      const config = (change: (given: Record<string, unknown>) => void) => {
        const call = lowered(kind, { ...example, options: { ...example.options, [name]: value } });
        const given = { ...(call.args[0] as object) } as Record<string, unknown>;
        change(given);
        const layer = evaluateCall(tf, { ...call, args: [given as never] }) as Layer;
        if (kind.role === 'layer') modelOf(layer, example.inputs, example.before);
        // Some layers write a default of false only where they are given it.
        return JSON.parse(
          JSON.stringify(layer.getConfig(), (key, inner) =>
            key === 'seed' || inner === false ? undefined : inner,
          ),
        );
      };
      expect(
        config(() => {}),
        name,
      ).toEqual(config((given) => delete given[name]));
    }
  });
});

test('every option of every kind of layer is in an example, with `trainable` in both forms', () => {
  const trainable = examples.map(({ example }) => example.options.trainable);
  expect(trainable).toContain(true);
  expect(trainable).toContain(false);
});

test('every initializer, regularizer and constraint is in an example', () => {
  const text = JSON.stringify(examples.map(({ example }) => example.options));
  const dense = schemas.get('dense')!.properties!;
  for (const name of ['kernelInitializer', 'kernelRegularizer', 'kernelConstraint']) {
    for (const branch of dense[name]!.anyOf![1]!.oneOf!) {
      const type = String(branch.properties!.type!.const);
      // Those without options of their own are lowered as the others are.
      if (Object.keys(branch.properties!).length > 2) expect(text).toContain(`"${type}"`);
    }
  }
});

const forgotten = 'tfjs forgets it, so that no penalty reaches the loss';
const unpenalized = {
  kernelRegularizer: forgotten,
  recurrentRegularizer: forgotten,
  biasRegularizer: forgotten,
  dropoutFunc: 'a function, not data',
};
const cell = {
  ...unpenalized,
  dropout: 'drawn once and kept, for batches of the first one’s size',
  recurrentDropout: 'drawn once and kept, for batches of the first one’s size',
};
const steps = {
  returnState: 'gives several outputs',
  stateful: 'needs a batch of a fixed size',
  unroll: 'tfjs warns and ignores it',
  inputLength: 'the spec says it once, as `input`',
};
const recurrent = { ...unpenalized, ...steps, cell: 'overwritten by its own' };
const wrapper = { trainable: 'tfjs takes that of the layer inside' };

/** What tfjs's types list and we do not offer, and why. */
const notOffered: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '*': {
    name: 'added by the spec',
    inputShape: 'the spec says it once, as `input`',
    batchInputShape: 'the spec says it once, as `input`',
    batchSize: 'the batch is open',
    dtype: 'of inputs only',
    inputDType: 'of inputs only',
    weights: 'tensors, not data',
    activityRegularizer: 'tfjs throws',
  },
  dense: { inputDim: 'the spec says it once, as `input`' },
  conv1d: { dataFormat: 'tfjs infers one shape and computes another' },
  depthwiseConv2d: {
    dilationRate: 'tfjs computes without it',
    kernelInitializer: 'tfjs reads depthwiseInitializer instead',
    kernelRegularizer: 'tfjs reads depthwiseRegularizer instead',
    kernelConstraint: 'tfjs reads depthwiseConstraint instead',
  },
  conv2dTranspose: { dilationRate: 'tfjs computes without it' },
  conv3dTranspose: { dilationRate: 'tfjs computes without it' },
  separableConv2d: {
    kernelInitializer: 'tfjs throws',
    kernelRegularizer: 'tfjs throws',
    kernelConstraint: 'tfjs throws',
    pointwiseInitializer: 'tfjs reads depthwiseInitializer instead',
  },
  elu: { alpha: 'tfjs throws for all but its default' },
  // Typed by Keras's form of a saved layer; its constructor reads camel case.
  spatialDropout1d: {
    batch_input_shape: 'never read',
    batch_size: 'never read',
    input_dtype: 'never read',
    input_shape: 'never read',
  },
  simpleRNN: { ...recurrent, inputDim: 'never read' },
  gru: { ...recurrent, inputDim: 'never read' },
  lstm: { ...recurrent, inputDim: 'never read' },
  convLstm2d: { ...recurrent, inputDim: 'never read' },
  rnn: { ...steps, inputDim: 'never read' },
  simpleRNNCell: cell,
  gruCell: { ...cell, resetAfter: 'tfjs throws' },
  lstmCell: cell,
  bidirectional: wrapper,
  timeDistributed: wrapper,
};

describe('tfjs', () => {
  test('types no more options than we offer, but for those that it does not honour', () => {
    const source = all
      .map(({ type }) => `export type ${type} = NonNullable<Parameters<typeof layers.${type}>[0]>;`)
      .join('\n');
    const text = `import type { layers } from '@tensorflow/tfjs';\n${source}`;
    const program = programOf(new Map([['options', text]]));
    const checker = program.getTypeChecker();
    const [file] = program.getRootFileNames();
    const module = checker.getSymbolAtLocation(program.getSourceFile(file!)!)!;
    const declared = checker.getExportsOfModule(module);
    expect(declared.map(({ name }) => name).sort()).toEqual([...schemas.keys()].sort());
    for (const symbol of declared) {
      const names = checker
        .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
        .map(({ name }) => name);
      const excluded = { ...notOffered['*'], ...notOffered[symbol.name] };
      const offered = Object.keys(schemas.get(symbol.name)!.properties!);
      expect(names.filter((name) => !(name in excluded)).sort(), symbol.name).toEqual([...offered].sort());
    }
  });

  test.each([
    ['depthwiseConv2d', { kernelSize: 2, dilationRate: 2 }, [5, 5, 2], [5 - 1, 5 - 1, 2]],
    ['conv2dTranspose', { filters: 2, kernelSize: 2, dilationRate: 2 }, [5, 5, 2], [6, 6, 2]],
    ['conv3dTranspose', { filters: 2, kernelSize: 2, dilationRate: 2 }, [3, 3, 3, 2], [4, 4, 4, 2]],
  ] as const)('computes %s without its dilationRate', (type, options, input, output) => {
    const layer = tf.layers[type](options as never) as unknown as Layer;
    expect(modelOf(layer, [input]).outputShape).toEqual([null, ...output]);
  });

  test('reads depthwiseInitializer for the pointwise kernel too', () => {
    const layer = tf.layers.separableConv2d({
      filters: 2,
      kernelSize: 2,
      depthwiseInitializer: 'ones',
      pointwiseInitializer: 'zeros',
    });
    modelOf(layer as unknown as Layer, [[4, 4, 2]]);
    expect(layer.weights[1]!.read().min().dataSync()[0]).toBe(1);
  });

  test('computes conv1d in another shape than it infers, channels first', () => {
    const model = modelOf(tf.layers.conv1d({ filters: 4, kernelSize: 2, dataFormat: 'channelsFirst' }), [
      [3, 9],
    ]);
    expect(model.outputShape).toEqual([null, 4, 8]);
    expect((model.predict(tf.ones([2, 3, 9])) as tf.Tensor).shape).toEqual([2, 8, 4]);
  });

  test('throws for what is not offered elsewhere', () => {
    expect(() => tf.layers.elu({ alpha: 0.5 })).toThrow();
    expect(() => tf.layers.gruCell({ units: 1, resetAfter: true })).toThrow();
    expect(() => modelOf(tf.layers.lstm({ units: 1, stateful: true }), [[2, 2]])).toThrow();
    const regular = tf.layers.dense({ units: 2, activityRegularizer: 'l1l2' });
    expect(() => modelOf(regular, [[3]])).toThrow();
    for (const role of ['kernelInitializer', 'kernelRegularizer', 'kernelConstraint']) {
      const value = role === 'kernelConstraint' ? 'nonNeg' : role === 'kernelRegularizer' ? 'l1l2' : 'ones';
      expect(() => tf.layers.separableConv2d({ filters: 2, kernelSize: 2, [role]: value })).toThrow();
    }
  });

  test('saves the activation gelu_new under a name that it does not know', async () => {
    const model = tf.sequential({
      layers: [tf.layers.activation({ activation: 'gelu_new', inputShape: [2] })],
    });
    const saved = JSON.parse(JSON.stringify(model.toJSON(null, false))) as object;
    await expect(tf.models.modelFromJSON({ modelTopology: saved } as never)).rejects.toThrow('geluNew');
  });
});
