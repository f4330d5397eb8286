/** The commands as a shell's completion sees them: plain data, read off commander's tree. */
import type { Argument, Command, Option } from 'commander';
import { codes } from '../../diagnostics/index.js';

/** What may stand at a place, for the shell to complete. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'specs' | 'files' | 'folders' | 'runs' | 'anything' };

export interface CommandNode {
  /** `data fetch`; empty for the program itself. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionNode[];
  readonly positionals: readonly PositionalNode[];
  readonly commands: readonly CommandNode[];
}

export interface OptionNode {
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  /** Undefined for a flag. */
  readonly values: Values | undefined;
}

export interface PositionalNode {
  readonly name: string;
  readonly values: Values;
  readonly variadic: boolean;
}

export function commandTree(program: Command, bundledSpecs: readonly string[]): CommandNode {
  const words = {
    name: bundledSpecs,
    code: Object.keys(codes).sort(),
    command: program
      .createHelp()
      .visibleCommands(program)
      .map((command) => command.name()),
  };
  return nodeOf(program, words, '');
}

type Words = Readonly<Record<string, readonly string[]>>;

function nodeOf(command: Command, words: Words, path: string): CommandNode {
  const help = command.createHelp();
  const own = help.visibleOptions(command);
  const inherited = command.parent === null ? [] : help.visibleOptions(command.parent);
  const known = new Set(own.map((option) => option.long));
  const options = [...own, ...inherited.filter((o) => !known.has(o.long) && o.long !== '--version')];
  return {
    path,
    name: command.name(),
    summary: command.summary() || command.description(),
    options: options.map(optionNode),
    positionals: command.registeredArguments.map((argument) => positionalNode(argument, words)),
    commands: help
      .visibleCommands(command)
      .map((child) => nodeOf(child, words, path === '' ? child.name() : `${path} ${child.name()}`)),
  };
}

/** The tree as a list, parents before children. */
export function allCommands(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(allCommands)];
}

function optionNode(option: Option): OptionNode {
  const takesValue = option.required || option.optional;
  const name = /[<[]([^>\]]*)[>\]]/.exec(option.flags)?.[1] ?? '';
  return {
    long: option.long ?? option.flags,
    short: option.short,
    description: option.description,
    values: takesValue ? valuesOf(name, option.argChoices) : undefined,
  };
}

function positionalNode(argument: Argument, words: Words): PositionalNode {
  const name = argument.name();
  return { name, values: valuesOf(name, argument.argChoices ?? words[name]), variadic: argument.variadic };
}

/** The placeholder of a value, `<folder>`, says what it is. */
function valuesOf(placeholder: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return { kind: 'words', words: choices };
  switch (placeholder) {
    case 'spec':
    case 'before':
    case 'after':
      return { kind: 'specs' };
    case 'run':
      return { kind: 'runs' };
    case 'folder':
      return { kind: 'folders' };
    case 'file':
    case 'path':
    case 'image':
    case 'model':
      return { kind: 'files' };
    default:
      return { kind: 'anything' };
  }
}
