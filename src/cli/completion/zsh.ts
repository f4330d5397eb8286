/** Completion for zsh, by its own `_arguments`. */
import {
  allCommands,
  type CommandNode,
  type OptionNode,
  type PositionalNode,
  type Values,
} from './command-tree.js';

const completers: Readonly<Record<Exclude<Values['kind'], 'words'>, string>> = {
  specs: '_files -g "*.(yaml|yml)(-.)"',
  files: '_files',
  folders: '_files -/',
  runs: '_speccc_runs',
  anything: ' ',
};

export function zshScript(tree: CommandNode): string {
  return `#compdef speccc
# zsh completion for speccc: source <(speccc completion zsh), after compinit

# Folders with a run.json here and in runs/; any folder where there are none.
_speccc_runs() {
  local -a runs
  runs=({,runs/}*/run.json(N:h))
  if (( $#runs )) && [[ $PREFIX != */*/* ]]; then compadd -f -- $runs; else _files -/; fi
}

${allCommands(tree).map(commandFunction).join('\n\n')}

compdef _speccc speccc
`;
}

function commandFunction(command: CommandNode): string {
  const options = command.options.map(optionSpec);
  const lines = (parts: readonly string[]) => parts.map((part) => `    ${part} \\`).join('\n');
  if (command.commands.length === 0) {
    return `${functionName(command)}() {
  _arguments -s -S \\
${lines([...options, ...command.positionals.map(positionalSpec)])}
    && return 0
}`;
  }
  const listed = command.commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = command.commands.map((child) => `        ${child.name}) ${functionName(child)} ;;`);
  return `${functionName(command)}() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${listed.join('\n')}
  )
  _arguments -C -s -S \\
${lines([...options, `'1:command:->command'`, `'*::argument:->argument'`])}
    && return 0
  case $state in
    command) _describe command commands ;;
    argument)
      curcontext="\${curcontext%:*:*}:speccc-$words[1]:"
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}`;
}

function functionName({ path }: CommandNode): string {
  return path === '' ? '_speccc' : `_speccc_${path.replaceAll(/\W/g, '_')}`;
}

function optionSpec({ long, short, description, values }: OptionNode): string {
  const text = `[${escaped(description)}]`;
  const value = values === undefined ? '' : `:value:${action(values)}`;
  if (short === undefined) return quoted(`${long}${value === '' ? '' : '='}${text}${value}`);
  const names = value === '' ? `{${short},${long}}` : `{${short},${long}=}`;
  return `'(${short} ${long})'${names}${quoted(text + value)}`;
}

function positionalSpec({ name, values, variadic }: PositionalNode, index: number): string {
  return quoted(`${variadic ? '*' : index + 1}:${name}:${action(values)}`);
}

function action(values: Values): string {
  return values.kind === 'words' ? `(${values.words.join(' ')})` : completers[values.kind];
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
