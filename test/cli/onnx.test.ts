/** `speccc compile --target onnx`, from a run to predictions in another runtime. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { ModelProtoSchema } from '../../src/compiler/onnx/onnx-model_pb.js';
import { compileSpec, predictRun, version } from '../../src/index.js';
import { runOnnx } from '../compiler/onnx/run-onnx.js';
import { draw, expectNear } from '../compiler/program/numbers.js';
import { speccc, temporaryFolder, tinySpec } from './cli.js';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'tiny.yaml'), tinySpec);
writeFileSync(
  join(cwd, 'words.yaml'),
  'name: words\ninput: [5]\nlayers: [{ type: embedding, inputDim: 9, outputDim: 2 }]\n',
);

describe('compile --target onnx', () => {
  it('writes a trained model that predicts the same elsewhere, and says what it takes and gives', async () => {
    expect((await speccc(['train', 'tiny.yaml', '--epochs', '1'], { cwd })).code).toBe(0);
    const run = join(cwd, 'runs/tiny');
    const flags = ['compile', 'tiny.yaml', '--weights', 'runs/tiny', '-o', 'tiny.onnx'];
    const { code, stdout, stderr } = await speccc(flags, { cwd });
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^wrote tiny\.onnx {2}[\d.]+ kB with 4 weights from tiny\.yaml\n$/),
    });
    expect(stderr).toContain('the model learned from synthetic data');

    const model = readFileSync(join(cwd, 'tiny.onnx'));
    const { inputs } = compileSpec(tinySpec, 'tiny.yaml');
    const graph = compileSpec(tinySpec, 'tiny.yaml');
    const image = draw(
      1,
      inputs[0]!.shape.reduce((size, length) => size * length, 1),
      0,
      255,
    ).map(Math.floor);
    const { predictions } = await predictRun(run, [Uint8Array.from(image)], { engine: 'tfjs' });
    const [output] = await runOnnx(model, graph, [image.map((byte) => byte * (1 / 255))], 1);
    expectNear(output!.data, predictions[0]!.outputs, 1e-5, 'probabilities');

    const { producerName, producerVersion, metadataProps } = fromBinary(ModelProtoSchema, model);
    expect({ producerName, producerVersion }).toEqual({ producerName: 'speccc', producerVersion: version });
    const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
    const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
    expect(metadata).toEqual({
      class_names: JSON.stringify(record.data.classNames),
      preprocessing: `input: float32 [batch, ${inputs[0]!.shape.join(', ')}], rows of pixels with their channels last, each byte times ${1 / 255}`,
      pixel_scale: String(1 / 255),
      spec_sha256: graph.source.digest,
      speccc_version: version,
    });

    expect((await speccc(flags, { cwd })).stdout).toBe('tiny.onnx is up to date\n');
    expect((await speccc([...flags, '--check'], { cwd })).code).toBe(0);
    writeFileSync(join(cwd, 'tiny.onnx'), 'not ours');
    expect(await speccc(flags, { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('output-exists'),
    });
  });

  it('says what it needs, and what it cannot write', async () => {
    const untrained = await speccc(['compile', 'tiny.yaml', '--target', 'onnx'], { cwd });
    expect(untrained).toMatchObject({ code: 2, stdout: '' });
    expect(untrained.stderr).toContain('an ONNX model can only predict, so it needs trained weights');
    expect(untrained.stderr).toContain("add '--weights RUN'");

    const uncovered = await speccc(['compile', 'words.yaml', '--target', 'onnx'], { cwd });
    expect(uncovered.stderr).toContain("embedding 'embedding_1'");
    expect(uncovered.stderr).not.toContain('--engine');
    expect(existsSync(join(cwd, 'words.onnx'))).toBe(false);
  });
});
