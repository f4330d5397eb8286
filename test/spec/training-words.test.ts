/** Optimizers, losses and metrics against tfjs itself. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { bestOf, historyColumns, lossNames, metricNames } from '../../src/spec/losses.js';
import { lowerOptimizer, type Optimizer } from '../../src/spec/optimizers.js';
import { trainingSchema } from '../../src/spec/training-schema.js';

interface Branch {
  readonly properties: Readonly<Record<string, { readonly const?: string; readonly default?: unknown }>>;
}
const [bare, long] = (
  trainingSchema as unknown as {
    properties: { optimizer: { anyOf: [{ enum: string[] }, { oneOf: Branch[] }] } };
  }
).properties.optimizer.anyOf;
const branches = new Map(long.oneOf.map((branch) => [branch.properties.type!.const!, branch]));

const train = tf.train as unknown as Readonly<Record<string, (...args: unknown[]) => tf.Optimizer>>;
const build = (optimizer: Optimizer) => {
  const { type, call } = lowerOptimizer(optimizer);
  expect(call.call).toBe(`tf.train.${type}`);
  return train[type]!(...call.args);
};

describe('optimizers', () => {
  test('are those of tf.train', () => {
    const functions = Object.getOwnPropertyNames(tf.train).filter(
      (name) => typeof train[name] === 'function',
    );
    const made = functions.filter((name) => !['length', 'name', 'prototype'].includes(name));
    expect([...branches.keys()].sort()).toEqual(made.sort());
  });

  test.each([...branches])('%s gives each option to the parameter of its name', (type, { properties }) => {
    const names = Object.keys(properties).filter((name) => name !== 'type');
    const options = Object.fromEntries(
      names.map((name, i) => [
        name,
        typeof properties[name]!.default === 'boolean' ? !properties[name]!.default : 0.11 + i / 50,
      ]),
    );
    const config = build({ type, ...options } as Optimizer).getConfig();
    for (const name of names) {
      const key = name in config ? name : ({ useNesterov: 'useNesterov' }[name] ?? name);
      expect([key, config[key]]).toEqual([name, options[name]]);
    }
  });

  test.each([...branches])('%s has tfjs’s own defaults', (type, { properties }) => {
    const required = Object.keys(properties).filter(
      (name) => name !== 'type' && !('default' in properties[name]!),
    );
    const given = Object.fromEntries(required.map((name) => [name, 0.5]));
    const config = train[type]!(...required.map(() => 0.5)).getConfig();
    for (const [name, { default: value }] of Object.entries(properties)) {
      if (value !== undefined) expect([name, config[name]]).toEqual([name, value]);
    }
    expect(build({ type, ...given } as Optimizer).getConfig()).toEqual(config);
    expect(bare.enum.includes(type)).toBe(required.length === 0);
  });

  test('a call is as short as it can be, with the rate always there', () => {
    expect(lowerOptimizer('adam').call.args).toEqual([0.001]);
    expect(lowerOptimizer({ type: 'adam', beta2: 0.99 }).call.args).toEqual([0.001, 0.9, 0.99]);
    expect(lowerOptimizer({ type: 'adamax', decay: 0.1 }).call.args).toEqual([0.002, 0.9, 0.999, 1e-7, 0.1]);
  });
});

describe('losses and metrics', () => {
  const compile = (loss: string, metrics: readonly string[] = []) => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] });
    model.compile({ optimizer: 'sgd', loss, metrics: [...metrics] });
    return model;
  };

  test.each(lossNames)('tfjs knows the loss %s', (loss) => {
    expect(() => compile(loss)).not.toThrow();
  });

  test.each(metricNames)('tfjs knows the metric %s', (metric) => {
    expect(() => compile('meanSquaredError', [metric])).not.toThrow();
  });

  test('tfjs knows no others', async () => {
    // Every identifier in the two maps of tfjs's source.
    const { readFile } = await import('node:fs/promises');
    const { createRequire } = await import('node:module');
    const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-layers');
    const source = await readFile(main, 'utf8');
    const namesIn = (map: string) =>
      Array.from(
        source.match(new RegExp(`var ${map} = \\{([^}]*)\\}`))![1]!.matchAll(/(\w+):/g),
        ([, name]) => name!,
      );
    expect(namesIn('lossesMap').sort()).toEqual([...lossNames].sort());
    const words = ['accuracy', 'acc', 'crossentropy', 'ce'];
    expect([...namesIn('metricsMap'), ...words].sort()).toEqual([...metricNames].sort());
    for (const word of words) expect(source).toContain(`'${word}'`);
  });

  test('better is smaller for losses and errors, larger for accuracies', () => {
    const larger = historyColumns(metricNames).filter((column) => bestOf(column) === 'max');
    expect(larger.filter((column) => !column.startsWith('val_'))).toEqual([
      'accuracy',
      'acc',
      'binaryAccuracy',
      'categoricalAccuracy',
      'precision',
    ]);
    expect(larger.length).toBe(10);
  });
});
