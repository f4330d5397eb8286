/** Completion for bash 3.2 and later, without the bash-completion package. */
import { allCommands, type CommandNode, type Values } from './command-tree.js';

const completers: Readonly<Record<Exclude<Values['kind'], 'words'>, string>> = {
  specs: '_speccc_specs',
  files: '_speccc_files',
  folders: '_speccc_folders',
  runs: '_speccc_runs',
  anything: ':',
};

export function bashScript(tree: CommandNode): string {
  const commands = allCommands(tree);
  const descend = commands.filter(({ path }) => path !== '').map(({ path }) => `"${path}"`);
  const valued = commands.flatMap(({ path, options }) =>
    options
      .filter((option) => option.values !== undefined)
      .flatMap((option) => flagsOf(option).map((flag) => `"${path} ${flag}"`)),
  );
  const optionValues = commands.flatMap(({ path, options }) =>
    options.flatMap((option) =>
      option.values === undefined
        ? []
        : [
            `    ${flagsOf(option)
              .map((flag) => `"${path} ${flag}"`)
              .join(' | ')}) ${complete(option.values)}; return ;;`,
          ],
    ),
  );
  const optionNames = commands.map(
    ({ path, options }) => `      "${path}") _speccc_words "${options.flatMap(flagsOf).join(' ')}" ;;`,
  );
  const positionals = commands.flatMap((command) => [
    ...(command.commands.length === 0
      ? []
      : [
          `    "${command.path}:0") _speccc_words "${command.commands.map(({ name }) => name).join(' ')}" ;;`,
        ]),
    ...command.positionals.map(
      ({ values, variadic }, index) =>
        `    "${command.path}:"${variadic ? '*' : index}) ${complete(values)} ;;`,
    ),
  ]);
  return `# bash completion for speccc: source <(speccc completion bash)

_speccc_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

_speccc_paths() {
  local path
  compopt -o filenames 2>/dev/null
  COMPREPLY=()
  while IFS= read -r path; do COMPREPLY+=("$path"); done
}

_speccc_files() { _speccc_paths < <(compgen -f -- "$cur"); }
_speccc_folders() { _speccc_paths < <(compgen -d -- "$cur"); }
_speccc_specs() { _speccc_paths < <(compgen -d -- "$cur"; compgen -f -X '!*.@(yaml|yml)' -- "$cur"); }

# Folders with a run.json here and in runs/; any folder where there are none.
_speccc_runs() {
  _speccc_paths < <(
    for path in "$cur"* "$cur"*/* runs/"$cur"*; do [[ -f $path/run.json ]] && printf '%s\\n' "$path"; done | sort -u
  )
  [[ \${#COMPREPLY[@]} -gt 0 ]] || _speccc_folders
}

_speccc() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= position=0 index=1 word
  shopt -q extglob || { shopt -s extglob; trap 'shopt -u extglob; trap - RETURN' RETURN; }
  if [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ $cur == = ]]; then cur=; fi
  while [[ $index -lt $COMP_CWORD ]]; do
    word=\${COMP_WORDS[index]}
    case "$command $word" in
      ${valued.join(' | ')})
        [[ \${COMP_WORDS[index+1]} == = ]] && index=$((index + 1))
        index=$((index + 1)) ;;
      *" -"*) ;;
      *)
        case "\${command:+$command }$word" in
          ${descend.join(' | ')}) command="\${command:+$command }$word" position=0 ;;
          *) position=$((position + 1)) ;;
        esac ;;
    esac
    index=$((index + 1))
  done

  case "$command $prev" in
${optionValues.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "$command" in
${optionNames.join('\n')}
    esac
    return
  fi
  case "$command:$position" in
${positionals.join('\n')}
  esac
}

complete -F _speccc speccc
`;
}

function flagsOf(option: { readonly long: string; readonly short: string | undefined }): readonly string[] {
  return option.short === undefined ? [option.long] : [option.short, option.long];
}

function complete(values: Values): string {
  return values.kind === 'words' ? `_speccc_words "${values.words.join(' ')}"` : completers[values.kind];
}
