import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { CommandLine } from '../../src/cli/command-line.js';
import { buildProgram } from '../../src/cli/program.js';
import { openTerminal } from '../../src/cli/terminal.js';
import { drawingFormats } from '../../src/compiler/index.js';
import { backendNames, exportFormats } from '../../src/runtime/index.js';
import { speccc, specccAlone, temporaryFolder } from './cli.js';

const cwd = temporaryFolder();

const commands = allCommands(
  buildProgram({
    terminal: openTerminal(),
    interruptible: () => new AbortController().signal,
    program: 'speccc',
    argv: [],
    action: () => async () => undefined,
  }),
);

describe('a wrong command line', () => {
  it.each([
    [['trian'], "'speccc' has no command 'trian'; did you mean 'train'?"],
    [['frobnicate'], "'speccc' has no command 'frobnicate'"],
    [['help', 'trains'], "'speccc' has no command 'trains'; did you mean 'train'?"],
    [['data', 'fitch'], "'speccc data' has no command 'fitch'; did you mean 'fetch'?"],
    [['train', '--epoch', '5'], "'speccc train' has no option '--epoch'; did you mean '--epochs'?"],
    [['train', '--epochs', 'many'], "'--epochs': expected a whole number of at least 1, found 'many'"],
    [['train', '--epochs', '0'], "'--epochs': expected a whole number of at least 1, found '0'"],
    [['train', '--epochs', '1.5'], "'--epochs': expected a whole number of at least 1, found '1.5'"],
    [['train', '--seed', '2147483648'], "'--seed': expected a whole number from 1 to 2147483647, found"],
    [['train', '--epochs'], "'--epochs' needs a value"],
    [
      ['train', '--backend', 'gpu'],
      "'--backend': expected one of auto, tfjs-node-gpu, tfjs-node, wasm, cpu, found 'gpu'",
    ],
    [['train', '--set', 'epochs'], "'--set' needs PATH=VALUE, but got 'epochs'"],
    [['train', '--fresh', '--on-change', 'keep-run'], "'--fresh' and '--on-change' cannot be used together"],
    [['train', 'a.yaml', 'b.yaml'], "'speccc train' takes one argument, found 2"],
    [['compile'], "the argument 'spec' is missing"],
    [['diff', 'x.yaml'], "the argument 'after' is missing"],
    [['graph', 'x.yaml', '-o', 'x.pdf'], "the name 'x.pdf' does not say as what to draw"],
    [
      ['graph', 'x.yaml', '--format', 'pdf'],
      "'--format': expected one of svg, mermaid, dot, png, found 'pdf'",
    ],
    [['graph', 'x.yaml', '--depth', '-1'], "'--depth': expected a whole number of at least 0, found '-1'"],
    [['compile', 'x.yaml', '-o', '-', '--check'], "'--check' cannot be used together with '--output -'"],
    [['compile', 'x.yaml', '--target', 'cuda'], "'--target': expected one of typescript, wasm"],
    [['compile', 'x.yaml', '--batch', '64'], "'--batch' is for programs"],
    [['compile', 'x.yaml', '-o', 'x.onnx', '--predict-only'], "'--predict-only' is for programs"],
    [['compile', 'x.yaml', '-o', 'x.ts', '--weights', 'runs/x'], "'--weights' is for programs"],
    [['compile', 'x.yaml', '--target', 'typescript', '--emit', 'wat'], "'--emit wat' is for '--target wasm'"],
    [['compile', 'x.yaml', '--target', 'wasm', '-o', '-'], 'stdout cannot take two files: .wasm and .ts'],
    [['compile', 'x.yaml', '--target', 'wasm', '-o', 'x.ts'], "expected a name that ends in '.wasm'"],
    [['completion', 'tcsh'], "'shell': expected one of bash, zsh, fish, found 'tcsh'"],
    [['data', 'fetch', 'cifar100'], "'dataset': expected one of cifar10, found 'cifar100'"],
  ])('%j is one sentence and exit code 2', async (args, sentence) => {
    const { code, stdout, stderr } = await speccc(args, { cwd });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n')[0]).toContain(sentence);
    expect(stderr.split('\n').length).toBeLessThan(6);
  });

  it('shows the right usage', async () => {
    const { stderr } = await speccc(['data', 'fetch'], { cwd });
    expect(stderr).toContain('usage: speccc data fetch [options] <dataset>');
    expect(stderr).toContain("'speccc data fetch --help' says more");
  });

  it('is a JSON object too, where JSON was asked for', async () => {
    const { code, stdout } = await speccc(['summary', 'nothing.yaml', '--json'], { cwd });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', exitCode: 2, code: 'spec-not-found' });
  });
});

describe('help', () => {
  it('prints the version', async () => {
    expect((await speccc(['--version'], { cwd })).stdout).toBe(`${packageJson.version}\n`);
  });

  it('comes on stderr with exit code 2 where no command is given', async () => {
    const { code, stdout, stderr } = await speccc([], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: speccc');
  });

  it('lists every command and the exit codes', async () => {
    const { code, stdout, stderr } = await speccc(['--help'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(stdout).toMatchFileSnapshot('help/speccc.txt');
  });

  it('of train is readable', async () => {
    await expect((await speccc(['train', '--help'], { cwd })).stdout).toMatchFileSnapshot('help/train.txt');
    expect((await speccc(['help', 'train'], { cwd })).stdout).toBe(
      (await speccc(['train', '--help'], { cwd })).stdout,
    );
  });

  it.each(commands.map((command) => [command.name(), command] as const))(
    'of %s documents every option and argument, with examples',
    (_, command) => {
      for (const option of command.options) expect(option.description, option.flags).toMatch(/^[a-z]/);
      for (const argument of command.registeredArguments) {
        expect(argument.description, argument.name()).not.toBe('');
      }
      expect(command.description()).toMatch(/^[A-Z].*\.$/);
      if (command.commands.length > 0 && command.parent !== null) return;
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toMatch(/Examples:\n {2}\$ speccc|\n {2}\$ /);
      // Every line of the examples says what it is for.
      for (const line of help.split('Examples:\n')[1]!.split('\n\n')[0]!.split('\n')) {
        if (line.trim() !== '') expect(line).toMatch(/\S {3,}\S/);
      }
    },
  );
});

it('the choices of the help are those of the runtime', () => {
  const choicesOf = (flag: string) => {
    const options = commands.flatMap((command) => command.options).filter(({ long }) => long === flag);
    return new Set(options.map(({ argChoices }) => argChoices?.join(' ')));
  };
  expect(choicesOf('--backend')).toEqual(new Set([['auto', ...backendNames].join(' ')]));
  expect(choicesOf('--format')).toEqual(
    new Set([exportFormats.join(' '), [...drawingFormats, 'png'].join(' ')]),
  );
});

function allCommands(command: CommandLine): CommandLine[] {
  return [
    command,
    ...command.commands.flatMap((child) => (child instanceof CommandLine ? allCommands(child) : [])),
  ];
}

describe('a bug', () => {
  it('is said to be one, with the way to its stack', async () => {
    const sabotage = join(cwd, 'sabotage.mjs');
    writeFileSync(sabotage, "JSON.stringify = () => { throw new TypeError('boom'); };\n");
    const broken = { NODE_OPTIONS: `--import=${pathToFileURL(sabotage)}` };
    const quiet = await specccAlone(['schema'], { cwd, env: broken });
    expect(quiet.code).toBe(3);
    expect(quiet.stderr).toContain('this is a bug in speccc: TypeError: boom');
    expect(quiet.stderr).toContain('--verbose');
    expect(quiet.stderr).not.toContain('    at ');
    for (const loud of [
      await specccAlone(['schema', '--verbose'], { cwd, env: broken }),
      await specccAlone(['schema'], { cwd, env: { ...broken, SPECCC_DEBUG: '1' } }),
    ]) {
      expect(loud.stderr).toContain('    at ');
    }
  });
});
