import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root, speccc, temporaryFolder, tinySpec } from './cli.js';

const topologies = join(root, 'test/fixtures/topologies');
const cwd = temporaryFolder();
copyFileSync(join(topologies, 'keras3/resnet.json'), join(cwd, 'resnet.json'));
copyFileSync(join(topologies, 'keras3/unsupported.json'), join(cwd, 'unsupported.json'));
copyFileSync(join(topologies, 'tiny.keras'), join(cwd, 'tiny.keras'));

describe('speccc import', () => {
  test('writes a spec that validates, and once only', async () => {
    const first = await speccc(['import', 'resnet.json'], { cwd });
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^wrote resnet_mini\.yaml {2}19 layers, /) as unknown,
    });
    expect(first.stderr).toMatch(/^note {2}no saved model names its data set/);
    const text = readFileSync(join(cwd, 'resnet_mini.yaml'), 'utf8');
    const schema = /^# yaml-language-server: \$schema=(.+)$/m.exec(text)![1]!;
    expect(existsSync(join(cwd, schema)) || schema.endsWith('schema/speccc.schema.json')).toBe(true);
    expect(await speccc(['validate', 'resnet_mini.yaml'], { cwd })).toMatchObject({ code: 0 });
    expect(await speccc(['import', 'resnet.json'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'resnet_mini.yaml is up to date\n',
    });
    writeFileSync(join(cwd, 'resnet_mini.yaml'), `${text}# mine\n`);
    const again = await speccc(['import', 'resnet.json'], { cwd });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('output-exists') as unknown });
    expect(readFileSync(join(cwd, 'resnet_mini.yaml'), 'utf8')).toBe(`${text}# mine\n`);
  });

  test('prints to stdout, and says what it did as JSON', async () => {
    const printed = await speccc(['import', 'tiny.keras', '-o', '-'], { cwd });
    expect(printed.code).toBe(0);
    expect(parse(printed.stdout)).toMatchObject({
      name: 'tiny',
      layers: [{ name: 'hidden' }, { name: 'out' }],
    });
    const told = await speccc(['import', 'tiny.keras', '-o', 'told.yaml', '--json', '--seed', '7'], { cwd });
    expect(JSON.parse(told.stdout)).toEqual({
      model: 'tiny.keras',
      file: 'told.yaml',
      written: true,
      name: 'tiny',
      writer: 'Keras 3',
      layers: 2,
      parameters: 29,
      weights: 'none',
      notes: [],
    });
    expect(parse(readFileSync(join(cwd, 'told.yaml'), 'utf8'))).toMatchObject({ seed: 7 });
  });

  test('tells all that no spec can say, and writes nothing', async () => {
    const before = readdirSync(cwd);
    const { code, stdout, stderr } = await speccc(['import', 'unsupported.json'], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("unsupported.json:57:16  error  cannot-import  Conv2D 'grouped': groups is 2");
    expect(stderr).toContain('9 errors in unsupported.json');
    expect(readdirSync(cwd)).toEqual(before);
  });

  test('takes sizes that the model leaves open', async () => {
    const layer = {
      class_name: 'Dense',
      config: { name: 'd', units: 2, batch_input_shape: [null, null, 3] },
    };
    writeFileSync(
      join(cwd, 'open.json'),
      JSON.stringify({ class_name: 'Sequential', config: { name: 'open', layers: [layer] } }),
    );
    const asked = await speccc(['import', 'open.json'], { cwd });
    expect(asked).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('give it with --input-shape') as unknown,
    });
    expect(await speccc(['import', 'open.json', '--input-shape', '5x3'], { cwd })).toMatchObject({ code: 0 });
    expect(parse(readFileSync(join(cwd, 'open.yaml'), 'utf8'))).toMatchObject({ input: [5, 3] });
    expect(await speccc(['import', 'open.json', '--input-shape', '5x0'], { cwd })).toMatchObject({ code: 2 });
  });

  test.each([
    [['import'], 'wrong-arguments'],
    [['import', 'nowhere.json'], 'model-unreadable'],
    [['import', 'tiny.keras', '-o', '-', '--json'], 'wrong-arguments'],
    [['import', 'tiny.keras', '--seed', 'x'], 'wrong-arguments'],
    [['import', 'tiny.keras', '-o', '-', '--weights', 'w'], 'wrong-arguments'],
  ])('%j: %s', async (args, code) => {
    const { code: exit, stdout, stderr } = await speccc(args, { cwd });
    expect([exit, args.includes('--json') || stdout === '']).toEqual([2, true]);
    expect(stderr).toContain(code);
  });

  test('brings a trained model back, weights and all', async () => {
    const folder = join(cwd, 'round');
    mkdirSync(folder);
    // A block gives the layers names that no layer of a list can have.
    const spec = tinySpec
      .replace(
        'layers:',
        'blocks:\n  unit:\n    layers:\n      - { name: conv, type: conv2d, filters: 4, kernelSize: 3 }\nlayers:',
      )
      .replace(
        '{ name: c1, type: conv2d, filters: 4, kernelSize: 3, activation: relu }',
        '{ use: unit, name: c1 }',
      );
    writeFileSync(join(folder, 'first.yaml'), spec);
    const run = await speccc(['train', 'first.yaml', '--out', 'first', '--epochs', '1'], { cwd: folder });
    expect(run.code, run.stderr).toBe(0);
    const trained = 'first/checkpoints/last/model.json';
    const hinted = await speccc(['import', trained, '-o', 'second.yaml', '--dataset', 'synthetic'], {
      cwd: folder,
    });
    expect(hinted.stdout).toContain(`speccc import ${trained} -o second.yaml --weights weights`);
    expect(hinted.stderr).toContain('note  c1/conv → c1_conv: renamed');
    const brought = await speccc(['import', trained, '-o', 'second.yaml', '--weights', 'weights'], {
      cwd: folder,
    });
    expect(brought, brought.stderr).toMatchObject({ code: 0 });
    const manifest = (file: string) =>
      (
        JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
          weightsManifest: { weights: { name: string }[] }[];
        }
      ).weightsManifest[0]!.weights.map(({ name }) => name);
    expect(manifest('weights/model.json')).toEqual(
      manifest(trained).map((name) => name.replace('c1/conv', 'c1_conv')),
    );
    expect(
      readFileSync(join(folder, 'weights/weights.bin')).equals(
        readFileSync(join(folder, 'first/checkpoints/last/weights.bin')),
      ),
    ).toBe(true);
    const over = await speccc(['import', trained, '-o', 'third.yaml', '--weights', 'weights'], {
      cwd: folder,
    });
    expect(over).toMatchObject({ code: 2, stderr: expect.stringContaining('output-exists') as unknown });
    expect(existsSync(join(folder, 'third.yaml'))).toBe(false);
  });
});
