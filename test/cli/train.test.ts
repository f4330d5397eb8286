import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { bin, hasEscapes, root, run, speccc, temporaryFolder, tinySpec } from './cli.js';

function folderWithSpec(spec = tinySpec): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.yaml'), spec);
  return cwd;
}

type Event = { type: string } & Record<string, unknown>;

function events(stdout: string): Event[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
}

describe('train', () => {
  const cwd = folderWithSpec();

  it('prints a header, one plain line an epoch and what to do next, where stdout is a pipe', async () => {
    const { code, stdout, stderr } = await speccc(['train', 'tiny.yaml'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(hasEscapes(stdout)).toBe(false);
    expect(stdout).not.toContain('\r');
    // 6x6x4 outputs of 3x3x3 products each, and 144x10.
    expect(stdout).toMatch(/^model +tiny: 1,562 parameters, 5,328 multiply-adds an image, seed 7$/m);
    expect(stdout).toMatch(/^data +synthetic: 64 training and 32 validation images/m);
    expect(stdout).toMatch(/^ +made up by a program/m);
    expect(stdout).toMatch(/^run +runs\/tiny$/m);
    const epochs = stdout.split('\n').filter((line) => line.startsWith('epoch '));
    expect(epochs).toHaveLength(2);
    for (const line of epochs) {
      expect(line).toMatch(
        /^epoch [12]\/2 {2}.* s {2}.*loss \d\.\d{4} {2}accuracy \d\.\d{4} {2}val_loss \d\.\d{4} {2}val_accuracy \d\.\d{4}/,
      );
    }
    expect(stdout).toMatch(/^best +epoch [12], val_loss \d/m);
    expect(stdout).toContain('speccc predict runs/tiny photo.png');
    // The line that ends the run says so once more.
    expect(stdout).toMatch(/^data +synthetic, made up by a program/m);
    for (const file of [
      'history.csv',
      'curves.svg',
      'curves.png',
      'run.json',
      'checkpoints/best/model.json',
    ]) {
      expect(existsSync(join(cwd, 'runs/tiny', file)), file).toBe(true);
    }
  });

  it('goes on when it is run again, and prints events alone with --json', async () => {
    const { code, stdout, stderr } = await speccc(['train', 'tiny.yaml', '--json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const all = events(stdout);
    const start = all.find(({ type }) => type === 'start')!;
    expect(start).toMatchObject({ resumed: { epochs: 2, steps: 0 }, firstEpoch: 3, lastEpoch: 4 });
    expect(start.dataset).toMatchObject({ name: 'synthetic', synthetic: true });
    expect(all.filter(({ type }) => type === 'epoch').map(({ epoch }) => epoch)).toEqual([3, 4]);
    // The last step of an epoch is never left out.
    expect(all.filter(({ type, step }) => type === 'step' && step === 4)).toHaveLength(2);
    expect(all.at(-2)).toMatchObject({ type: 'end', status: 'finished', epochs: 4 });
    expect(all.at(-1)).toEqual({ type: 'next', command: 'speccc train tiny.yaml --json' });
  });

  it('refuses a changed spec, shows what differs, and does as it is told', async () => {
    const set = ['--set', 'layers.c1.activation=tanh'];
    const refused = await speccc(['train', 'tiny.yaml', ...set], { cwd });
    expect(refused.code).toBeGreaterThan(1);
    expect(refused.stderr).toContain('run-changed');
    expect(refused.stderr).toContain('layers.c1.activation: relu → tanh');
    expect(refused.stderr).toContain('--on-change use-spec');
    const told = await speccc(['train', 'tiny.yaml', ...set, '--epochs', '1', '--on-change', 'use-spec'], {
      cwd,
    });
    expect(told.code).toBe(0);
  });

  it('starts over with --fresh and keeps the old run', async () => {
    const { code, stdout } = await speccc(['train', 'tiny.yaml', '--fresh', '--epochs', '1'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('the old run is now runs/tiny.1');
    expect(existsSync(join(cwd, 'runs/tiny.1/history.csv'))).toBe(true);
    expect(readFileSync(join(cwd, 'runs/tiny/history.csv'), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('takes the shorthands into the spec that it keeps', async () => {
    const flags = [
      '--epochs',
      '1',
      '--batch-size',
      '8',
      '--seed',
      '99',
      '--out',
      'elsewhere',
      '--limit-train',
      '20',
    ];
    const { code, stdout } = await speccc(['train', 'tiny.yaml', ...flags], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/seed 99$/m);
    expect(stdout).toContain('20 training');
    const kept = readFileSync(join(cwd, 'elsewhere/spec.yaml'), 'utf8');
    expect(kept).toContain('batchSize: 8');
    expect(kept).toContain('seed: 99');
  });

  it('says which setting is wrong', async () => {
    const { code, stderr } = await speccc(['train', 'tiny.yaml', '--set', 'layers.c1.filters=many'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('--set');
    expect(stderr).toContain('filters');
    const unknown = await speccc(['train', 'tiny.yaml', '--set', 'training.epoch=1'], { cwd });
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('epochs');
  });

  it('writes nothing for a spec with errors', async () => {
    const folder = folderWithSpec(tinySpec.replace('kernelSize: 3', 'kernelSize: 9'));
    const { code, stdout, stderr } = await speccc(['train', 'tiny.yaml', '--json'], { cwd: folder });
    expect(code).toBe(1);
    expect(events(stdout)).toMatchObject([{ type: 'error', exitCode: 1 }]);
    expect(stderr).toContain('kernel-larger-than-input');
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  it('says that a backend cannot be used, with exit code 3', async () => {
    const { code, stderr } = await speccc(
      ['train', 'tiny.yaml', '--backend', 'tfjs-node', '--out', 'native'],
      { cwd },
    );
    if (code === 0) return; // Native TensorFlow is installed here.
    expect(code).toBe(3);
    expect(stderr).toContain('backend-unavailable');
    expect(stderr).toContain('speccc doctor');
  });
});

describe('a run', () => {
  const cwd = folderWithSpec();

  it('is evaluated, predicts and is exported', async () => {
    expect((await speccc(['train', 'tiny.yaml'], { cwd })).code).toBe(0);
    writeFileSync(
      join(cwd, 'photo.png'),
      await sharp({ create: { width: 40, height: 30, channels: 3, background: '#c83' } })
        .png()
        .toBuffer(),
    );

    const evaluated = await speccc(['evaluate', 'runs/tiny'], { cwd });
    expect(evaluated.code).toBe(0);
    const history = readFileSync(join(cwd, 'runs/tiny/history.csv'), 'utf8').trim().split('\n');
    const report = JSON.parse((await speccc(['evaluate', 'runs/tiny', '--json'], { cwd })).stdout);
    const best = history[report.epoch]!.split(',');
    const columns = history[0]!.split(',');
    expect(report.values.loss).toBeCloseTo(Number(best[columns.indexOf('val_loss')]), 5);
    expect(evaluated.stdout).toContain(`loss ${report.values.loss.toFixed(4)}`);
    expect(evaluated.stdout).toContain('made up by a program');

    const predicted = await speccc(['predict', 'runs/tiny', 'photo.png', '--top', '2'], { cwd });
    expect(predicted.code).toBe(0);
    expect(predicted.stdout).toMatch(/^photo\.png\n( {2}.* % {2}.*\n){2}$/);
    expect(predicted.stderr).toContain('synthetic');
    const outputs = JSON.parse(
      (await speccc(['predict', 'runs/tiny', 'photo.png', '--json'], { cwd })).stdout,
    ).predictions[0].outputs as number[];
    expect(outputs.reduce((sum, value) => sum + value)).toBeCloseTo(1, 4);

    for (const format of ['txt', 'json', 'csv', 'npy', 'safetensors']) {
      const exported = await speccc(['export', 'runs/tiny', '--format', format], { cwd });
      expect(exported.code, format).toBe(0);
      expect(exported.stdout).toMatch(/^wrote .* 4 weights, 1,562 values/);
    }
    const text = readFileSync(join(cwd, 'runs/tiny/weights.txt'), 'utf8');
    expect((await speccc(['export', 'runs/tiny', '-o', '-'], { cwd })).stdout).toBe(text);
    // Every value of every trainable variable: 3*3*3*4 + 4 + 144*10 + 10.
    const numbers = text.match(/(?<![\w(/])-?\d+(\.\d+)?(e-?\d+)?(?![\w,)])/g) ?? [];
    expect(numbers.length).toBeGreaterThanOrEqual(1562);
  });

  it('that is none, or an image that is none, is one sentence', async () => {
    mkdirSync(join(cwd, 'empty'));
    for (const args of [
      ['evaluate', 'empty'],
      ['predict', 'nowhere', 'photo.png'],
      ['export', 'tiny.yaml'],
      ['predict', 'runs/tiny', 'tiny.yaml'],
      ['predict', 'runs/tiny', 'nothing.png'],
      ['evaluate', 'runs/tiny', '--checkpoint', 'epoch-77'],
      ['evaluate', 'runs/tiny', '--limit-train', '5'],
    ]) {
      const { code, stdout, stderr } = await speccc(args, { cwd });
      expect(code, args.join(' ')).toBeGreaterThan(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^error {2}[a-z-]+ {2}\S/);
      expect(stderr).not.toMatch(/ {4}at /);
    }
  });
});

describe('an interrupted run', () => {
  it('says how to go on, and the command that it prints does so', async () => {
    // Thousands of steps, which are not over when the signal comes, however late.
    const spec = tinySpec.replace('train: 64', 'train: 6000').replace('batchSize: 16', 'batchSize: 1');
    const cwd = folderWithSpec(spec.replace('epochs: 2', 'epochs: 1'));
    let killed = false;
    const args = ['train', 'tiny.yaml', '--out', 'my run', '--fresh', '--json'];
    const interrupted = await speccc(args, {
      cwd,
      onOutput: (stdout, kill) => {
        if (killed || !stdout.includes('"type":"step"')) return;
        killed = true;
        kill('SIGINT');
      },
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toBe('');
    const all = events(interrupted.stdout);
    const end = all.find(({ type }) => type === 'end')!;
    expect(end).toMatchObject({ status: 'interrupted', epochs: 0 });
    const next = all.at(-1)!.command as string;
    expect(next).toBe("speccc train tiny.yaml --out 'my run' --json");

    // In a shell, as a person would.
    const shim = join(cwd, 'speccc');
    writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`, { mode: 0o755 });
    const resumed = await run('sh', ['-c', `PATH="$PWD:$PATH"; ${next}`], { cwd });
    expect(resumed.code).toBe(0);
    const again = events(resumed.stdout);
    expect(again.find(({ type }) => type === 'start')).toMatchObject({
      resumed: { epochs: 0, steps: end.steps },
    });
    expect(again.find(({ type }) => type === 'end')).toMatchObject({ status: 'finished', epochs: 1 });
  });

  it('ends at once at the second signal', async () => {
    const module = pathToFileURL(join(root, 'src/cli/interrupts.ts'));
    const script = `
      const { listenForInterrupts } = await import('${module}');
      const { signal } = listenForInterrupts();
      setTimeout(() => process.exit(1), 20_000);
      process.kill(process.pid, 'SIGINT');
      signal.addEventListener('abort', () => {
        console.log('first');
        process.kill(process.pid, 'SIGINT');
      });`;
    const { code, stdout } = await run(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script],
      {
        cwd: temporaryFolder(),
      },
    );
    expect({ code, stdout }).toEqual({ code: 130, stdout: 'first\n' });
  });
});
