import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { codes } from '../../src/diagnostics/index.js';
import { specSchema } from '../../src/spec/index.js';
import { hasEscapes, root, speccc, temporaryFolder, tinySpec, wrongSpec } from './cli.js';

const cwd = temporaryFolder();

beforeAll(() => {
  writeFileSync(join(cwd, 'tiny.yaml'), tinySpec);
  writeFileSync(join(cwd, 'wrong.yaml'), wrongSpec);
  writeFileSync(join(cwd, 'empty.yaml'), '');
  writeFileSync(join(cwd, 'binary.yaml'), Buffer.from([0x89, 0x50, 0, 1, 2]));
  writeFileSync(join(cwd, 'tabs.yaml'), 'name: x\n\tinput: [1]\n');
  mkdirSync(join(cwd, 'folder'));
});

describe('validate', () => {
  it('says that a spec is fine', async () => {
    const { code, stdout, stderr } = await speccc(['validate', 'tiny.yaml'], { cwd });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'ok  tiny.yaml  3 layers\n', stderr: '' });
  });

  it('shows every fault with its place and code, and exits with 1', async () => {
    const { code, stdout, stderr } = await speccc(['validate', 'wrong.yaml'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^wrong\.yaml:4:\d+ {2}error {2}kernel-larger-than-input {2}/m);
    expect(stderr).toMatch(/^wrong\.yaml:5:\d+ {2}error {2}unknown-layer-type {2}/m);
    expect(stderr).toContain('2 errors in wrong.yaml');
  });

  it('checks many files and goes on after one that cannot be read', async () => {
    const { code, stdout, stderr } = await speccc(['validate', 'nowhere.yaml', 'wrong.yaml', 'tiny.yaml'], {
      cwd,
    });
    expect(code).toBe(2);
    expect(stdout).toContain('ok  tiny.yaml');
    expect(stderr).toContain('there is no file nowhere.yaml');
    expect(stderr).toContain('2 of 3 specs are wrong');
  });

  it('prints one JSON document and nothing else with --json', async () => {
    const { code, stdout, stderr } = await speccc(['validate', '--json', 'wrong.yaml', 'tiny.yaml'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ ok: false, errors: 2, warnings: 0 });
    expect(report.files.map((f: { file: string; ok: boolean }) => [f.file, f.ok])).toEqual([
      ['wrong.yaml', false],
      ['tiny.yaml', true],
    ]);
    expect(report.files[0].diagnostics[0]).toMatchObject({
      severity: 'error',
      range: { start: { line: 4 } },
    });
  });

  it.each([
    ['a missing file', 'nothing.yaml', 2, 'spec-not-found'],
    ['a folder', 'folder', 2, 'spec-not-a-file'],
    ['a binary file', 'binary.yaml', undefined, 'spec-not-text'],
    ['an empty file', 'empty.yaml', 1, 'empty-spec'],
    ['tabs', 'tabs.yaml', 1, 'tab-indentation'],
  ])('has a clear word for %s', async (_, file, exitCode, problem) => {
    const { code, stdout, stderr } = await speccc(['validate', file], { cwd });
    expect(stdout).toBe('');
    expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/ {4}at |node:internal/);
    if (exitCode !== undefined) expect(code).toBe(exitCode);
    expect(code).toBeGreaterThan(0);
  });
});

describe('summary', () => {
  it('prints the layers with their parameters', async () => {
    const { code, stdout } = await speccc(['summary', 'tiny.yaml'], { cwd });
    expect(code).toBe(0);
    // 4 filters of 3x3x3 and 4 biases; 6x6x4 = 144 inputs to 10 units.
    expect(stdout).toMatch(/^c1 +conv2d +6x6x4 +112 /m);
    expect(stdout).toMatch(/^out +dense +10 +1,450 /m);
    expect(stdout).toMatch(/^compiled +[\d.]+ KiB of memory for 16 images at a time$/m);
  });

  it('prints data with --json', async () => {
    const { stdout } = await speccc(['summary', 'tiny.yaml', '--json'], { cwd });
    const { totals, program } = JSON.parse(stdout);
    expect(totals.parameters).toBe(112 + 1450);
    expect(program).toMatchObject({ batchSize: 16, weightBytes: 4 * (112 + 1450) });
  });
});

describe('compile', () => {
  it('writes NAME.ts, leaves it alone when it is up to date, and checks it', async () => {
    const first = await speccc(['compile', 'tiny.yaml'], { cwd });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^wrote tiny\.ts/);
    const source = readFileSync(join(cwd, 'tiny.ts'), 'utf8');
    expect(source).toContain('tf.layers.conv2d(');
    expect((await speccc(['compile', 'tiny.yaml', '-o', '-'], { cwd })).stdout).toBe(source);
    expect((await speccc(['compile', 'tiny.yaml'], { cwd })).stdout).toBe('tiny.ts is up to date\n');
    expect((await speccc(['compile', 'tiny.yaml', '--check'], { cwd })).code).toBe(0);

    writeFileSync(join(cwd, 'tiny.ts'), `${source}// edited\n`);
    const stale = await speccc(['compile', 'tiny.yaml', '--check'], { cwd });
    expect(stale).toMatchObject({ code: 1, stdout: '' });
    expect(stale.stderr).toContain('tiny.ts is not up to date\n  speccc compile tiny.yaml\n');
    expect(readFileSync(join(cwd, 'tiny.ts'), 'utf8')).toContain('// edited');
    expect((await speccc(['compile', 'tiny.yaml'], { cwd })).stdout).toMatch(/^wrote tiny\.ts/);
  });

  it('writes nothing for a spec with errors', async () => {
    const before = readdirSync(cwd);
    const { code, stdout } = await speccc(['compile', 'wrong.yaml', '-o', 'wrong.ts'], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect((await speccc(['compile', 'wrong.yaml', '-o', '-'], { cwd })).stdout).toBe('');
    expect(readdirSync(cwd)).toEqual(before);
  });

  it('does not overwrite what it did not make', async () => {
    writeFileSync(join(cwd, 'mine.ts'), 'export const mine = 1;\n');
    const { code, stderr } = await speccc(['compile', 'tiny.yaml', '-o', 'mine.ts'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('output-exists');
    expect(readFileSync(join(cwd, 'mine.ts'), 'utf8')).toBe('export const mine = 1;\n');
    expect((await speccc(['compile', 'tiny.yaml', '-o', 'folder'], { cwd })).code).toBe(2);
  });
});

describe('compile --target wasm', () => {
  it('writes a module and its loader, and checks both', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'tiny.yaml'), tinySpec);
    const command = ['compile', 'tiny.yaml', '-o', 'net.wasm'];
    const first = await speccc(command, { cwd: folder });
    expect(first.stdout).toMatch(
      /^wrote net\.wasm {2}[\d.]+ kB: [\d.]+ kB of program and [\d.]+ kB of weights from tiny\.yaml\nwrote net\.ts {2}\d+ lines from tiny\.yaml\n$/,
    );
    expect(first.stderr).toBe(
      'the weights are untrained, drawn from seed 7: --weights RUN takes trained ones\n',
    );
    expect(first.code).toBe(0);
    expect(await WebAssembly.compile(readFileSync(join(folder, 'net.wasm')))).toBeDefined();
    const loader = readFileSync(join(folder, 'net.ts'), 'utf8');
    expect(loader).toContain('export async function loadTiny(');
    expect(loader).toContain('speccc compile tiny.yaml --target wasm');
    expect((await speccc(command, { cwd: folder })).stdout).toBe(
      'net.wasm is up to date\nnet.ts is up to date\n',
    );

    writeFileSync(join(folder, 'net.ts'), loader.replace('tiny', 'Tiny'));
    const stale = await speccc([...command, '--predict-only', '--check'], { cwd: folder });
    expect(stale).toMatchObject({ code: 1, stdout: '' });
    expect(stale.stderr).toBe(
      'error  net.wasm is not up to date\nerror  net.ts is not up to date\n  speccc compile tiny.yaml -o net.wasm --predict-only\n',
    );
    const json = await speccc([...command, '--json'], { cwd: folder });
    expect(JSON.parse(json.stdout)).toEqual({
      spec: 'tiny.yaml',
      files: [
        { file: 'net.wasm', action: 'none' },
        { file: 'net.ts', action: 'written' },
      ],
    });
    // The loader of another target is not to be lost by a forgotten option.
    const other = await speccc(['compile', 'tiny.yaml', '-o', 'net.ts'], { cwd: folder });
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toContain('output-exists');
  });

  it('prints the text of the program', async () => {
    const { code, stdout } = await speccc(['compile', 'tiny.yaml', '--emit', 'wat'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^;; tiny\n;; Generated by speccc .*\n\(module\n/);
    expect(stdout).toContain('(func (export "command")');
  });
});

describe('init', () => {
  it('lists, copies, and never overwrites', async () => {
    const folder = temporaryFolder();
    const listed = await speccc(['init'], { cwd: folder });
    expect(listed.stdout).toMatch(/^lenet5 +LeNet-5/m);
    expect((await speccc(['init', 'lenet5'], { cwd: folder })).code).toBe(0);
    const written = readFileSync(join(folder, 'lenet5.yaml'), 'utf8');
    const bundled = readFileSync(join(root, 'specs/lenet5.yaml'), 'utf8');
    expect(written.split('\n').slice(1)).toEqual(bundled.split('\n').slice(1));
    expect((await speccc(['validate', 'lenet5.yaml'], { cwd: folder })).code).toBe(0);
    writeFileSync(join(folder, 'lenet5.yaml'), 'mine');
    const again = await speccc(['init', 'lenet5'], { cwd: folder });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('lenet5.yaml is there already');
    expect(readFileSync(join(folder, 'lenet5.yaml'), 'utf8')).toBe('mine');
    const unknown = await speccc(['init', 'lenet'], { cwd: folder });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("did you mean 'lenet5'?");
  });
});

describe('expand', () => {
  it('prints a plain spec of the same model, which it leaves as it is', async () => {
    const spec = join(root, 'specs/inception10.yaml');
    const { code, stdout, stderr } = await speccc(['expand', spec], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    writeFileSync(join(cwd, 'plain.yaml'), stdout);
    expect((await speccc(['expand', 'plain.yaml'], { cwd })).stdout).toBe(stdout);
    const rows = async (file: string) =>
      JSON.parse((await speccc(['summary', file, '--json'], { cwd })).stdout).rows.map(
        ({ name, parameters }: { name: string; parameters: number }) => [name, parameters],
      );
    expect(await rows('plain.yaml')).toEqual(await rows(spec));
  });

  it('says what is wrong with a spec', async () => {
    expect(await speccc(['expand', 'wrong.yaml'], { cwd })).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('schema', () => {
  it('is the JSON schema, to stdout or into a file of ours', async () => {
    const { stdout } = await speccc(['schema'], { cwd });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(specSchema())));
    expect((await speccc(['schema', '-o', 'schema.json'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'schema.json'), 'utf8')).toBe(stdout);
    expect((await speccc(['schema', '-o', 'schema.json'], { cwd })).code).toBe(0);
    const inTheWay = await speccc(['schema', '-o', 'tiny.yaml'], { cwd });
    expect(inTheWay).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('explain', () => {
  it('lists every code', async () => {
    const { code, stdout } = await speccc(['explain'], { cwd });
    expect(code).toBe(0);
    for (const known of Object.keys(codes)) expect(stdout).toMatch(new RegExp(`^ {2}${known} `, 'm'));
  });

  it('explains one, and suggests for a misspelt one', async () => {
    const { stdout } = await speccc(['explain', 'kernel-larger-than-input'], { cwd });
    expect(stdout).toContain('padding: same');
    const unknown = await speccc(['explain', 'kernel-larger-than-inputs'], { cwd });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("did you mean 'kernel-larger-than-input'?");
    const json = JSON.parse((await speccc(['explain', 'unknown-option', '--json'], { cwd })).stdout);
    expect(json).toMatchObject({ code: 'unknown-option', kind: 'spec' });
  });
});

describe('colours', () => {
  it('are off in pipes, on by FORCE_COLOR, and NO_COLOR wins', async () => {
    for (const args of [['validate', 'tiny.yaml'], ['validate', 'wrong.yaml'], ['--help']]) {
      const plain = await speccc(args, { cwd });
      expect(hasEscapes(plain.stdout + plain.stderr)).toBe(false);
      const forced = await speccc(args, { cwd, env: { FORCE_COLOR: '1' } });
      expect(hasEscapes(forced.stdout + forced.stderr)).toBe(true);
      const none = await speccc(args, { cwd, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
      expect(hasEscapes(none.stdout + none.stderr)).toBe(false);
    }
  });
});
