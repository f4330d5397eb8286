import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { evaluateCall } from '../../src/runtime/build-model.js';
import { examples, kinds, type Layer, lowered, modelOf, tf } from './tfjs.js';

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

/** As the published schema has them: plain JSON. */
const schemas = new Map(
  kinds.map((kind) => [kind.type, JSON.parse(JSON.stringify(kind.options)) as Schema & object]),
);
const ajv = new Ajv2020({ strict: true, discriminator: true, allErrors: true });
const validators = new Map([...schemas].map(([type, schema]) => [type, ajv.compile(schema)] as const));
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

test('the kinds are named as functions of tfjs, in their own name only', () => {
  for (const { type } of kinds) expect(tf.layers).toHaveProperty(type);
  expect(new Set(kinds.map(({ type }) => type)).size).toBe(kinds.length);
});

describe.each(kinds)('$type', (kind) => {
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
        modelOf(layer, example.inputs);
        return JSON.parse(
          JSON.stringify(layer.getConfig(), (key, inner) => (key === 'seed' ? undefined : inner)),
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

/** What tfjs's types list and we do not offer, and why. */
const notOffered: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '*': {
    name: 'added by the spec',
    inputShape: 'the spec says it once, as `input`',
    batchInputShape: 'the spec says it once, as `input`',
    batchSize: 'the batch is open',
    dtype: 'of inputs only',
    inputDType: 'of inputs only',
    inputDim: 'the spec says it once, as `input`',
    weights: 'tensors, not data',
    activityRegularizer: 'tfjs throws',
  },
  depthwiseConv2d: {
    dilationRate: 'tfjs computes without it',
    kernelInitializer: 'tfjs reads depthwiseInitializer instead',
    kernelRegularizer: 'tfjs reads depthwiseRegularizer instead',
    kernelConstraint: 'tfjs reads depthwiseConstraint instead',
  },
  conv2dTranspose: { dilationRate: 'tfjs computes without it' },
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
};

describe('tfjs', () => {
  test('types no more options than we offer, but for those that it does not honour', async () => {
    const { default: ts } = await import('typescript');
    const file = new URL('./options-of-tfjs.ts', import.meta.url).pathname;
    const source = kinds
      .map(({ type }) => `export type ${type} = NonNullable<Parameters<typeof layers.${type}>[0]>;`)
      .join('\n');
    const text = `import type { layers } from '@tensorflow/tfjs';\n${source}`;
    const options = { skipLibCheck: true, strict: true, module: ts.ModuleKind.NodeNext, types: [] };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists, readFile } = host;
    host.fileExists = (name) => name === file || fileExists(name);
    host.readFile = (name) => (name === file ? text : readFile(name));
    host.getSourceFile = (name, ...rest) =>
      name === file ? ts.createSourceFile(name, text, rest[0]) : getSourceFile(name, ...rest);
    const program = ts.createProgram([file], options, host);
    const checker = program.getTypeChecker();
    const declared = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!);
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

  test('throws for what is not offered elsewhere', () => {
    expect(() => tf.layers.elu({ alpha: 0.5 })).toThrow();
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
