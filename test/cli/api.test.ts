import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { builtInRegistry } from '../../src/layers/index.js';
import { bin, root, temporaryFolder, tinySpec } from './cli.js';

const dist = join(dirname(bin), '../dist');

/** Runs a program and prints which packages it has loaded, besides what the program prints itself. */
function program(source: string) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.yaml'), tinySpec);
  const hooks = `
    import { writeFileSync } from 'node:fs';
    export async function load(url, context, next) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name) writeFileSync(${JSON.stringify(join(cwd, 'loaded'))}, name + '\\n', { flag: 'a' });
      return next(url, context);
    }`;
  writeFileSync(join(cwd, 'hooks.mjs'), hooks);
  writeFileSync(join(cwd, 'loaded'), '');
  const code = `
    import { register } from 'node:module';
    import { readFileSync } from 'node:fs';
    register(${JSON.stringify(pathToFileURL(join(cwd, 'hooks.mjs')).href)});
    const loaded = () => 'loaded ' + [...new Set(readFileSync('loaded', 'utf8').trim().split('\\n'))].join(' ');
    ${source.replaceAll('DIST', pathToFileURL(dist).href)}
    console.log(loaded());`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

const heavy = /@tensorflow|ts-morph|wabt|vega|resvg|sharp|pacote|npmcli|bufbuild|\btar\b/;

it('the package loads nothing heavy, and does its work when it is asked to', () => {
  const stdout = program(`
    const speccc = await import('DIST/index.js');
    const { text, file } = await speccc.readSpecFile('tiny.yaml');
    const graph = speccc.compileSpec(text, file);
    console.log(speccc.summarizeGraph(graph).totals.parameters);`);
  expect(stdout).toMatch(/^1562\n/);
  expect(stdout).toContain('loaded ');
  expect(stdout).toContain('yaml');
  expect(stdout).not.toMatch(heavy);
});

it('validate, diff and graph load neither tfjs nor ts-morph nor the trainer', () => {
  const commands = [
    ['validate', 'tiny.yaml'],
    ['diff', 'tiny.yaml', 'tiny.yaml'],
    ['graph', 'tiny.yaml'],
  ];
  const stdout = program(`
    const { main } = await import('DIST/cli/main.js');
    for (const args of ${JSON.stringify(commands)}) {
      if (await main(args) !== 0) process.exit(1);
      console.log('after ' + args[0] + ' ' + loaded());
    }`);
  for (const [command] of commands) {
    const loaded = new RegExp(`^after ${command} loaded (.*)$`, 'm').exec(stdout)?.[1];
    expect(loaded).toContain('commander');
    // All that was loaded so far.
    expect(loaded).not.toMatch(heavy);
  }
});

it('the command line brings the validators of the whole language along', () => {
  const bad = readdirSync(join(root, 'test/bad-specs')).filter((file) => file.endsWith('.yaml'));
  const specs = bad.map((file) => join(root, 'test/bad-specs', file));
  const steps = [...builtInRegistry.layers.values()].flatMap(({ type, examples }) =>
    examples.map(({ options }) => JSON.stringify({ type, ...options })),
  );
  const spec = `name: all\ninput: [8, 8, 3]\nlayers:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
  const stdout = program(`
    const { writeFileSync } = await import('node:fs');
    const { createRequire } = await import('node:module');
    const { main } = await import('DIST/cli/main.js');
    writeFileSync('all.yaml', ${JSON.stringify(spec)});
    await main(${JSON.stringify(['validate', '--json', 'all.yaml', ...specs])});
    const ajv = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('/ajv/'));
    console.log('\\najv ' + ajv.map((file) => file.split('/').at(-1)).sort().join(' '));`);
  expect(stdout).toContain('unknown-option');
  expect(stdout).not.toMatch(/all.yaml[^\n]*unknown-/);
  expect(/^ajv (.*)$/m.exec(stdout)![1]).toBe('ucs2length.js');
});

it('a program trains, evaluates and predicts with functions alone', () => {
  const stdout = program(`
    const { compileSpec, evaluateRun, predictRun, readSpecFile, train } = await import('DIST/index.js');
    const { text, file } = await readSpecFile('tiny.yaml');
    const kinds = new Set();
    const { folder, status } = await train({ graph: compileSpec(text, file), onEvent: ({ type }) => kinds.add(type) });
    const { values } = await evaluateRun(folder);
    const { predictions } = await predictRun(folder, [new Uint8Array(8 * 8 * 3)]);
    console.log(JSON.stringify({ status, folder, kinds: [...kinds], values, outputs: predictions[0].outputs.length }));`);
  const result = JSON.parse(stdout.split('\n')[0]!);
  expect(result).toMatchObject({ status: 'finished', folder: 'runs/tiny', outputs: 10 });
  expect(result.kinds).toEqual(expect.arrayContaining(['start', 'step', 'epoch', 'checkpoint', 'end']));
  expect(result.values.loss).toBeGreaterThan(0);
});
