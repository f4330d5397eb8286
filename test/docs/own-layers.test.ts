/** The guide to layers of one's own: its module and its program, in a project that has speccc installed. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Finished, root, run, speccc } from '../cli/cli.js';

vi.setConfig({ testTimeout: 120_000 });

const guide = readFileSync(join(root, 'docs/own-layers.md'), 'utf8');
const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'speccc-own-')));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

beforeAll(() => {
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(root, join(cwd, 'node_modules/speccc'));
  symlinkSync(join(root, 'node_modules/@tensorflow'), join(cwd, 'node_modules/@tensorflow'));
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }');
  for (const [, name, text] of guide.matchAll(/^```\w+\n(?:\/\/|#) (\S+)\n(.*?)^```$/gms)) {
    writeFileSync(join(cwd, name!), text!);
  }
});

const succeed = ({ code, stdout, stderr }: Finished) => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};
const inProject = (...args: readonly string[]) => speccc(args, { cwd });

test('specs may use them where the module is given', async () => {
  const [found, missing, source, schema] = await Promise.all([
    inProject('validate', 'model.yaml', '--layers', 'layers.js'),
    inProject('validate', 'model.yaml'),
    inProject('compile', 'model.yaml', '--layers', './layers.js', '-o', '-'),
    inProject('schema', '--layers', 'layers.js'),
  ]);
  expect(succeed(found)).toBe('ok  model.yaml  3 layers\n');
  expect([missing.code, missing.stderr]).toEqual([
    1,
    expect.stringContaining('there is no layer type "gain"'),
  ]);
  expect(succeed(source)).toContain("import { Gain } from './layers.js';");
  expect(source.stdout).toContain("new Gain({ name: 'loud', inputShape: [...inputShape], offset: 0.1 })");
  expect(JSON.parse(succeed(schema)).$defs['layer-gain'].properties.offset).toMatchObject({
    description: 'What is added to the result.',
  });
});

test('a run is trained and measured with them, and says what it needs', async () => {
  const events = succeed(await inProject('train', 'model.yaml', '--layers', 'layers.js', '--json'));
  expect(JSON.parse(events.trim().split('\n').at(-2)!)).toMatchObject({ type: 'end', status: 'finished' });
  const { layers } = JSON.parse(readFileSync(join(cwd, 'runs/amplified/run.json'), 'utf8'));
  expect(layers).toEqual({ classes: ['Gain'], modules: ['../../layers.js'] });

  const [measured, refused, exported] = await Promise.all([
    inProject('evaluate', 'runs/amplified', '--layers', 'layers.js', '--json'),
    inProject('evaluate', 'runs/amplified'),
    inProject('export', 'runs/amplified', '-o', '-'),
  ]);
  expect(JSON.parse(succeed(measured)).values.loss).toBeGreaterThan(0);
  expect(refused).toMatchObject({
    code: 2,
    stderr:
      'error  layers-missing  the run runs/amplified has layers of Gain, which is not built in\n' +
      '  add --layers layers.js\n',
  });
  expect(exported.stdout).toMatch(/^loud\/gain \(3,\)$/m);
});

test('programs give them as a registry', async () => {
  const printed = await run(process.execPath, ['program.js'], { cwd });
  expect(Number(printed.stdout.trim().split('\n').at(-1))).toBeGreaterThan(0);
});
