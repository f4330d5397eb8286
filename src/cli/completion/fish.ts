/** Completion for fish 3 and later. */
import { allCommands, type CommandNode, type OptionNode, type Values } from './command-tree.js';

const completers: Readonly<Record<Exclude<Values['kind'], 'words' | 'anything'>, string>> = {
  specs: '(__fish_complete_suffix .yaml)',
  files: '(__fish_complete_path (commandline -ct))',
  folders: '(__fish_complete_directories (commandline -ct))',
  runs: '(__speccc_runs)',
};

export function fishScript(tree: CommandNode): string {
  const lines = allCommands(tree).flatMap((command) => [
    ...command.commands.map(
      (child) => `complete -c speccc -n ${at(command, 'next')} -a ${child.name} -d ${quoted(child.summary)}`,
    ),
    ...command.options.map((option) => optionLine(command, option)),
    ...command.positionals.flatMap(({ values }) => {
      const words = wordsOf(values);
      return words === undefined
        ? []
        : [`complete -c speccc -n ${at(command, 'within')} -a ${quoted(words)}`];
    }),
  ]);
  return `# fish completion for speccc: speccc completion fish | source

# Folders with a run.json here and in runs/; any folder where there are none.
function __speccc_runs
    set -l runs (path dirname -- */run.json runs/*/run.json 2>/dev/null)
    if test (count $runs) -gt 0
        printf '%s\\n' $runs
    else
        __fish_complete_directories (commandline -ct)
    end
end

# True where the words typed so far name exactly this command: __speccc_at data fetch
function __speccc_at
    set -l given (commandline -opc)[2..]
    set -l plain
    for word in $given
        string match -q -- '-*' $word; or set -a plain $word
    end
    test (count $plain) -ge (count $argv); or return 1
    for index in (seq (count $argv))
        test "$plain[$index]" = "$argv[$index]"; or return 1
    end
end

function __speccc_next
    __speccc_at $argv; or return 1
    set -l plain
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; or set -a plain $word
    end
    test (count $plain) -eq (count $argv)
end

complete -c speccc -f
${lines.join('\n')}
`;
}

function at({ path }: CommandNode, where: 'next' | 'within'): string {
  const test = where === 'next' ? '__speccc_next' : '__speccc_at';
  return path === '' && where === 'within' ? quoted('true') : quoted(`${test} ${path}`.trim());
}

function optionLine(command: CommandNode, { long, short, description, values }: OptionNode): string {
  const words = values === undefined ? undefined : wordsOf(values);
  return [
    `complete -c speccc -n ${at(command, command.path === '' ? 'next' : 'within')}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    ...(values === undefined ? [] : ['-x']),
    ...(words === undefined ? [] : [`-a ${quoted(words)}`]),
    `-d ${quoted(description)}`,
  ].join(' ');
}

function wordsOf(values: Values): string | undefined {
  if (values.kind === 'anything') return undefined;
  return values.kind === 'words' ? values.words.join(' ') : completers[values.kind];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
