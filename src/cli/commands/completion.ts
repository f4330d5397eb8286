/** `speccc completion`: scripts that complete commands, options and files at the Tab key. */
import { Argument } from 'commander';
import { listBundledSpecs } from '../bundled-specs.js';
import type { CommandLine } from '../command-line.js';
import { completionScript, type Shell, shellNames } from '../completion/shells.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';

export function addCompletion(program: CommandLine, context: CommandContext): void {
  program
    .command('completion')
    .summary('print a completion script for your shell')
    .description(
      'Prints a script that makes your shell complete commands, options, files and runs at the Tab key.',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(shellNames))
    .examples([
      { command: 'source <(speccc completion bash)', what: 'in ~/.bashrc' },
      { command: 'source <(speccc completion zsh)', what: 'in ~/.zshrc, after compinit' },
      { command: 'speccc completion fish | source', what: 'in ~/.config/fish/config.fish' },
    ])
    .action(
      context.action(async (shell: Shell) => {
        const { commandTree } = await import('../completion/command-tree.js');
        const bundled = (await listBundledSpecs()).map(({ name }) => name);
        context.terminal.out.write(completionScript(shell, commandTree(program, bundled)));
        return exitCodes.fine;
      }),
    );
}
