import { describe, expect, it } from 'vitest';
import type { Weight } from '../../src/runtime/engine.js';
import { exportWeights, formatFloat, weightFiles } from '../../src/runtime/export-weights.js';
import { fc } from '../property.js';

const bias: Weight = {
  name: 'a/bias',
  shape: [3],
  trainable: true,
  values: Float32Array.of(1, -2, 16777216),
};
const kernel: Weight = {
  name: 'a/kernel',
  shape: [2, 3],
  trainable: true,
  values: Float32Array.of(0.5, -1.25, 3.4028234663852886e38, 1e-45, -0, 0.1),
};
const origin = { model: 'm', checkpoint: 'best', epoch: 3 };

describe('formatFloat', () => {
  it('reads back as the same 32-bit float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Math.fround(Number(formatFloat(value))), value)).toBe(true);
      }),
    );
  });

  it('is as short as NumPy prints it', () => {
    const printed = ['0.1', '0.33333334', '1e-45', '3.4028235e+38', '16777216', '-1.25', '0.001'];
    expect(printed.map((text) => formatFloat(Math.fround(Number(text))))).toEqual(printed);
  });
});

describe('npy', () => {
  // numpy.save of the same arrays, NumPy 2
  const files: readonly [Weight, string][] = [
    [
      kernel,
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAA/AACgv///f38BAAAAAAAAgM3MzD0=',
    ],
    [
      bias,
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAAwAAAgEs=',
    ],
    [
      { name: 'a/scalar', shape: [], trainable: true, values: Float32Array.of(7.5) },
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAPBA',
    ],
  ];

  it.each(files)('is to the byte what NumPy saves: $name', (weight, expected) => {
    const content = Object.entries(weightFiles('npy', [weight], origin))[0]!;
    expect(content[0]).toBe(`${weight.name.replace('/', '.')}.npy`);
    expect(Buffer.from(content[1]).toString('base64')).toBe(expected);
  });
});

describe('safetensors', () => {
  it('is to the byte what the safetensors library saves', () => {
    // safetensors.numpy.save({'a/bias': …, 'a/kernel': …}, metadata={…})
    const expected =
      'yAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJ0ZiIsIm1vZGVsIjoibSIsImNoZWNrcG9pbnQiOiJiZXN0IiwiZXBvY2giOiIzIn0sImEvYmlhcyI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzAsMTJdfSwiYS9rZXJuZWwiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzEyLDM2XX19IAAAgD8AAADAAACASwAAAD8AAKC///9/fwEAAAAAAACAzczMPQ==';
    const content = weightFiles('safetensors', [bias, kernel], origin)['weights.safetensors']!;
    expect(Buffer.from(content as Uint8Array).toString('base64')).toBe(expected);
  });
});

describe('txt', () => {
  it('nests brackets as NumPy prints arrays', () => {
    const cube: Weight = {
      name: 'c/kernel',
      shape: [2, 2, 2],
      trainable: true,
      values: Float32Array.from({ length: 8 }, (_, i) => i - 0.5),
    };
    // numpy.arange(8).reshape(2, 2, 2) - 0.5, printed
    const printed = `[[[-0.5  0.5]
  [ 1.5  2.5]]

 [[ 3.5  4.5]
  [ 5.5  6.5]]]`;
    const line: Weight = {
      name: 'c/bias',
      shape: [2],
      trainable: true,
      values: Float32Array.of(0.25, 1),
    };
    expect(weightFiles('txt', [cube, line], origin)['weights.txt']).toBe(
      `c/kernel (2, 2, 2)\n${printed}\n\nc/bias (2,)\n[0.25    1]\n`,
    );
  });
});

describe('json and csv', () => {
  it('hold every value', () => {
    const json = JSON.parse(weightFiles('json', [bias, kernel], origin)['weights.json'] as string);
    expect(json).toEqual({
      ...origin,
      weights: [
        { name: 'a/bias', shape: [3], trainable: true, values: [1, -2, 16777216] },
        {
          name: 'a/kernel',
          shape: [2, 3],
          trainable: true,
          values: [0.5, -1.25, 3.4028235e38, 1e-45, -0, 0.1],
        },
      ],
    });
    expect(weightFiles('csv', [{ ...bias, trainable: false }], origin)['weights.csv']).toBe(
      'name,shape,trainable,index,value\na/bias,3,false,0,1\na/bias,3,false,1,-2\na/bias,3,false,2,16777216\n',
    );
  });
});

it('refuses a format that it does not know', async () => {
  await expect(exportWeights('runs/none', 'h5' as 'txt')).rejects.toMatchObject({
    code: 'unknown-export-format',
    hints: ['choose one of txt, json, csv, npy, safetensors'],
  });
});
