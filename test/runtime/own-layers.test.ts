/** What is wrong with a layer of a user's own is told by its name, wherever it shows. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, test } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import { createRegistry, defineLayer, type LayerKind } from '../../src/layers/index.js';
import { buildModel } from '../../src/runtime/build-model.js';
import { layersMissing, loadLayers } from '../../src/runtime/own-layers.js';
import { openRun } from '../../src/runtime/run-folder.js';
import { train } from '../../src/runtime/trainer.js';
import type { TrainOptions } from '../../src/runtime/training/events.js';
import { countingEngine } from './support/counting-engine.js';

await tf.setBackend('cpu');
const folder = mkdtempSync(join(tmpdir(), 'speccc-layers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Twice extends tf.layers.Layer {
  static className = 'Twice';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, 2);
  }
}

type Twices = Partial<LayerKind<Record<never, never>>>;

function registryWith(kind: Twices) {
  const twice = defineLayer({
    type: 'twice',
    summary: 'Doubles.',
    options: {},
    outputShape: (_options, input) => input,
    implementation: { className: 'Twice', module: './twice.js', class: Twice },
    examples: [],
    ...kind,
  });
  return createRegistry([twice]);
}

const spec = 'name: own\ninput: [3]\nlayers: [{ name: t, type: twice }]\n';
const graphWith = (kind: Twices) => compileSpec(spec, 'own.yaml', { layers: registryWith(kind) });

const implementedBy = (made: new (options: never) => object) => ({
  implementation: { className: 'Twice', module: './twice.js', class: made },
});
const told = (message: string) => expect.objectContaining({ code: 'invalid-layer-definition', message });

describe('a definition', () => {
  test('that fails', () => {
    const outputShape = () => {
      throw new TypeError('input is undefined');
    };
    expect(() => graphWith({ outputShape })).toThrow(
      told("'outputShape' of the layer 'twice' fails: input is undefined"),
    );
  });

  test.each([[[0]], [[Number.NaN]], [undefined], [null], [{ code: 'no-such-code', message: 'm' }]])(
    'that gives %j for a shape',
    (shape) => {
      expect(() => graphWith({ outputShape: () => shape as never })).toThrow(
        told(
          `'outputShape' of the layer 'twice' gives ${JSON.stringify(shape)}, which is neither a shape nor a problem`,
        ),
      );
    },
  );

  test('whose layer does something else', () => {
    expect(() => buildModel(tf, graphWith({ outputShape: () => [6] }))).toThrow(
      told(
        'the class Twice of ./twice.js gives an output of 3 and no weights, but its definition says an output of 6 and no weights',
      ),
    );
    const weights = () => [{ name: 'w', shape: [3], trainable: true }];
    expect(() => buildModel(tf, graphWith({ weights }))).toThrow(/no weights, but .* says .* weights of 3$/);
  });
});

describe('a class', () => {
  test('that is right', () => {
    const model = buildModel(tf, graphWith({}));
    expect((model.predict(tf.tensor2d([[1, 2, 3]])) as tf.Tensor).arraySync()).toEqual([[2, 4, 6]]);
  });

  test('that cannot be made', () => {
    class Broken extends Twice {
      constructor() {
        super();
        throw new Error('no options');
      }
    }
    expect(() => buildModel(tf, graphWith(implementedBy(Broken)))).toThrow(
      told('the class Twice of ./twice.js fails: no options'),
    );
  });

  test('that is no layer', () => {
    class Stranger {}
    expect(() => buildModel(tf, graphWith(implementedBy(Stranger)))).toThrow(
      told('the class Twice of ./twice.js extends no layer of the TensorFlow.js that speccc uses'),
    );
  });

  test('that fails when it computes', () => {
    class Late extends Twice {
      override call(): tf.Tensor {
        throw new Error('shapes do not match');
      }
    }
    const model = buildModel(tf, graphWith(implementedBy(Late)));
    expect(() => model.predict(tf.ones([1, 3]))).toThrow(
      told('the class Twice of ./twice.js fails: shapes do not match'),
    );
  });
});

test('a run goes on with the registry that it was begun with, and is not opened without it', async () => {
  const run = join(folder, 'runs/own');
  const layers = { ...registryWith({}), modules: [join(folder, 'twice.js')] };
  const text = `${spec.replace(' }]', ' }, { type: dense, units: 3 }]')}training:
  dataset: { type: synthetic, classes: 3, train: 8, validation: 4 }
  optimizer: adam
  loss: sparseCategoricalCrossentropy
`;
  const trained = (changed: string, options: Partial<TrainOptions> = {}) =>
    train({
      graph: compileSpec(changed, 'own.yaml', { layers }),
      layers,
      folder: run,
      untilEpoch: 1,
      engine: async (graph) => countingEngine(graph),
      ...options,
    });
  await trained(text);
  const again = await trained(text.replace('adam', 'adamax'), { untilEpoch: 2, onChange: 'keep-run' });
  expect(again.history).toHaveLength(2);

  await expect(openRun(run)).rejects.toMatchObject({ code: 'layers-missing' });
  const { graph, record } = await openRun(run, { layers });
  expect(graph.nodes[0]!.type).toBe('twice');
  expect(record.layers).toEqual({ classes: ['Twice'], modules: ['../../twice.js'] });
});

describe('a module', () => {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const notLoaded = (message: RegExp, hints: readonly string[] = []) =>
    expect.objectContaining({ code: 'layers-not-loaded', message: expect.stringMatching(message), hints });

  test('that is missing, empty, broken, or not JavaScript', async () => {
    await expect(loadLayers([join(folder, 'nowhere.js')])).rejects.toEqual(
      notLoaded(/^there is no file .*nowhere/),
    );
    await expect(loadLayers([file('empty.mjs', 'export const a = 1;')])).rejects.toEqual(
      notLoaded(/empty\.mjs exports no layers$/, ['export what defineLayer returns']),
    );
    await expect(loadLayers([file('throws.mjs', 'throw new Error("oh\\nno");')])).rejects.toEqual(
      notLoaded(/throws\.mjs cannot be loaded: oh$/),
    );
  });

  test('that is gone where a run says it was', () => {
    const { message, hints } = layersMissing({ classes: ['A', 'B'], modules: ['../gone.js'] }, 'runs/x');
    expect(message).toBe('the run runs/x has layers of A, B, which are not built in');
    expect(hints).toEqual([
      'add --layers runs/gone.js',
      'runs/gone.js, where they were, is gone: name the place where they are now',
    ]);
  });
});
