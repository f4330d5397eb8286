/** The two targets make the same model: the printed file is run, and held against what buildModel makes. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { emitTypeScript } from '../../src/compiler/typescript.js';
import { buildModel, compileModel } from '../../src/runtime/build-model.js';
import { layerGraphs, specGraphs, trainingGraphs, variantGraphs } from './example-graphs.js';
import { runPrinted } from './printed-modules.js';
import { identityOf } from './same-model.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

describe.each([...specGraphs(), ...layerGraphs(), ...variantGraphs()])('$title', ({ graph }) => {
  test('printed and built models are the same', async () => {
    const built = buildModel(tf, graph);
    const printed = runPrinted(await emitTypeScript(graph), tf).create();
    expect(await identityOf(printed, graph)).toEqual(await identityOf(built, graph));
    built.dispose();
    printed.dispose();
  });
});

describe.each(trainingGraphs())('$title', ({ graph }) => {
  test('printed and built models are compiled the same', async () => {
    const built = buildModel(tf, graph);
    compileModel(tf, built, graph);
    const module = runPrinted(await emitTypeScript(graph), tf);
    const printed = module.create();
    module.compile!(printed);
    expect(printed.loss).toBe(graph.training!.loss);
    expect(printed.loss).toBe(built.loss);
    expect(printed.metrics).toEqual(built.metrics);
    expect(printed.metricsNames).toEqual(built.metricsNames);
    expect(printed.optimizer.getClassName()).toBe(built.optimizer.getClassName());
    expect(printed.optimizer.getConfig()).toEqual(built.optimizer.getConfig());
    built.dispose();
    printed.dispose();
  });
});
