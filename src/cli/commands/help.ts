/** `speccc help`: the help of any command. commander's own prints everything where it does not know the name. */
import type { Command } from 'commander';
import { nearestWord } from '../../diagnostics/index.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';

export function addHelp(program: CommandLine, context: CommandContext): void {
  program
    .helpCommand(false)
    .command('help')
    .summary('print the help of a command')
    .description('Prints the help of a command, or of speccc where no command is named.')
    .argument('[command...]', 'which command')
    .examples([
      { command: 'speccc help train', what: 'the same as speccc train --help' },
      { command: 'speccc help data fetch', what: 'of a command within a command' },
    ])
    .action(
      context.action(async (names: string[]) => {
        names.reduce<Command>(childOf, program).outputHelp();
        return exitCodes.fine;
      }),
    );
}

function childOf(command: Command, name: string): Command {
  const child = command.commands.find((candidate) => candidate.name() === name);
  if (child !== undefined) return child;
  const near = nearestWord(
    name,
    command.commands.map((candidate) => candidate.name()),
  );
  const hint = near === undefined ? '' : `\n(Did you mean ${near}?)`;
  return command.error(`error: unknown command '${name}'${hint}`, { code: 'commander.unknownCommand' });
}
