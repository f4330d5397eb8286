/** docs/cli.md: what `--help` says after every command. */
import type { Command } from 'commander';
import picocolors from 'picocolors';
import { buildProgram } from '../src/cli/program.js';
import type { Output } from '../src/cli/terminal.js';

export function cliReference(): string {
  let printed = '';
  const output: Output = {
    colors: picocolors.createColors(false),
    live: false,
    columns: () => 100,
    write: (data) => {
      printed += data;
    },
    line: (text = '') => output.write(`${text}\n`),
    onResize: () => () => {},
  };
  const { signal } = new AbortController();
  const program = buildProgram({
    terminal: { out: output, err: output, closed: signal },
    interruptible: () => signal,
    program: 'speccc',
    argv: [],
    action: () => async () => {},
  });
  const helpOf = (command: Command): string => {
    printed = '';
    command.outputHelp();
    return printed.trim();
  };
  const sectionsOf = (command: Command, path: string): string[] =>
    command.commands.flatMap((child) => [
      `## ${path} ${child.name()}\n\n\`\`\`text\n${helpOf(child)}\n\`\`\`\n`,
      ...sectionsOf(child, `${path} ${child.name()}`),
    ]);
  return [
    '# Command line',
    '',
    '<!-- Generated from src/cli/ by `npm run generate`. -->',
    '',
    'Results go to stdout, everything else to stderr. Colours and live lines are for terminals only and respect `NO_COLOR`;',
    'most commands take `--json` for programs.',
    '',
    `\`\`\`text\n${helpOf(program)}\n\`\`\``,
    '',
    ...sectionsOf(program, 'speccc'),
  ].join('\n');
}
