import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { run, speccc, temporaryFolder } from './cli.js';

const cwd = temporaryFolder();
const installed = (shell: string) => spawnSync(shell, ['--version']).status === 0;

beforeAll(async () => {
  for (const folder of ['runs/lenet5', 'runs/my run', 'other', 'data']) {
    mkdirSync(join(cwd, folder), { recursive: true });
  }
  for (const file of ['runs/lenet5/run.json', 'runs/my run/run.json', 'a.yaml', 'b.yml', 'c.txt']) {
    writeFileSync(join(cwd, file), '');
  }
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await speccc(['completion', shell], { cwd });
    expect(code).toBe(0);
    writeFileSync(join(cwd, `completion.${shell}`), stdout);
  }
});

/** What the Tab key offers after each of `lines`, sorted, in a real shell that has sourced the script. */
type Complete = (lines: readonly string[]) => Promise<string[][]>;

const oneByOne =
  (complete: (line: string) => Promise<string>): Complete =>
  async (lines) => {
    const answers: string[][] = [];
    for (const line of lines) answers.push(sorted(await complete(line)));
    return answers;
  };

const complete: Readonly<Record<'bash' | 'zsh' | 'fish', Complete>> = {
  bash: oneByOne(async (line) => {
    const script = `
      source ./completion.bash
      COMP_WORDS=(${line.endsWith(' ') ? `${line}''` : line})
      COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
      _speccc
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return (await run('bash', ['--norc', '--noprofile', '-c', script], { cwd })).stdout;
  }),
  fish: oneByOne(async (line) => {
    const script = `source ./completion.fish; complete -C '${line}'`;
    const { stdout } = await run('fish', ['--no-config', '-c', script], { cwd });
    return stdout.replace(/\t.*$/gm, '');
  }),
  zsh: async (lines) => {
    // A real zsh in a pseudo terminal of its own, in which every match that is offered is written to a file.
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source ./completion.zsh'
      zpty -w shell 'compadd() { local -a __m; builtin compadd -O __m "$@"; print -rl -- "\${__m[@]}" >> ./offered; builtin compadd "$@" }'
      zpty -w shell 'finished() { : > ./done; }; zle -N finished; bindkey "^T" finished; bindkey "^I" list-choices; : > ./done'
      wait_for_it() { for i in {1..300}; do [[ -e ./done ]] && break; sleep 0.02; done; rm -f ./done }
      wait_for_it
      for line in "$@"; do
        : > ./offered
        zpty -w -n shell $'\\x15'"$line"$'\\t'$'\\x14'
        wait_for_it
        cat ./offered
        print -r -- '====='
      done
      zpty -d shell
      rm -f ./offered`;
    const { stdout } = await run('zsh', ['-f', '-c', script, 'zsh', ...lines], { cwd });
    return stdout.split('=====\n').slice(0, -1).map(sorted);
  },
};

function sorted(text: string): string[] {
  return [...new Set(text.split('\n').filter((line) => line !== ''))].sort();
}

const expected: Readonly<Record<string, readonly string[]>> = {
  'speccc tr': ['train'],
  'speccc data ': ['fetch'],
  'speccc data fetch ': ['cifar10'],
  'speccc train --epo': ['--epochs'],
  'speccc train --engine ': ['auto', 'compiled', 'tfjs'],
  'speccc train --backend ': ['auto', 'cpu', 'tfjs-node', 'tfjs-node-gpu', 'wasm'],
  'speccc train --seed 7 --backend wa': ['wasm'],
  'speccc graph a.yaml --format ': ['dot', 'mermaid', 'png', 'svg'],
  'speccc graph --dep': ['--depth'],
  'speccc init lene': ['lenet5', 'lenet5-mnist'],
  'speccc explain kernel-l': ['kernel-larger-than-input'],
  'speccc validate a.yaml b.': ['b.yml'],
  'speccc diff a.yaml b.': ['b.yml'],
  'speccc evaluate ': ['runs/lenet5', 'runs/my run'],
  'speccc completion ': ['bash', 'fish', 'zsh'],
};

const shells = ['bash', 'zsh', 'fish'] as const;

it.for(shells)('%s completes commands, options, choices, specs and runs', async (shell, { skip }) => {
  skip(!installed(shell), `${shell} is not installed here`);
  const lines = Object.keys(expected);
  const answers = await complete[shell](lines);
  expect(Object.fromEntries(lines.map((line, i) => [line, answers[i]]))).toEqual(expected);
});

it('bash offers specs and folders, but no other files', async ({ skip }) => {
  skip(!installed('bash'), 'bash is not installed here');
  const [offered] = await complete.bash(['speccc summary ']);
  expect(offered).toEqual(['a.yaml', 'b.yml', 'data', 'other', 'runs']);
});
