/**
 * commander, taught our manners: a fault of the command line is thrown as an error of ours, with its code, a
 * suggestion and the usage of the command meant; help has our sections and colours.
 */
import { type Argument, Command, type Help, InvalidArgumentError, type Option } from 'commander';
import { SpecccError } from '../diagnostics/index.js';
import { formatTable } from './format.js';
import type { Colors, Output } from './terminal.js';

export interface Example {
  readonly command: string;
  readonly what: string;
}

export class CommandLine extends Command {
  override createCommand(name?: string): CommandLine {
    return new CommandLine(name);
  }

  /** commander ends here with every fault of a command line. */
  override error(message: string, options: { code?: string } = {}): never {
    throw usageError(this, message, options.code ?? '');
  }

  /** Lines at the end of the help. */
  examples(examples: readonly Example[]): this {
    return this.addHelpText('after', () => formatExamples(examples, this.helpColors));
  }

  /** Help goes to stdout, and is coloured as that. */
  helpOutput: Output | undefined;

  get helpColors(): Colors | undefined {
    const { parent } = this;
    return this.helpOutput?.colors ?? (parent instanceof CommandLine ? parent.helpColors : undefined);
  }
}

function formatExamples(examples: readonly Example[], colors: Colors | undefined): string {
  const dim = colors?.dim ?? String;
  const rows = examples.map(({ command, what }) => [`${dim('$')} ${command}`, what]);
  const bold = colors?.bold ?? String;
  return `\n${bold('Examples:')}\n${formatTable(rows, { indent: '  ', gap: '   ' }).join('\n')}`;
}

/** Styles and words for commander's help. */
export function helpStyle({ colors }: Output): Partial<Help> {
  return {
    showGlobalOptions: true,
    styleTitle: (text) => colors.bold(text),
    styleCommandText: (text) => colors.cyan(text),
    styleSubcommandText: (text) => colors.cyan(text),
    styleOptionText: (text) => colors.cyan(text),
    styleArgumentText: (text) => colors.cyan(text),
    optionDescription: describeValues,
    argumentDescription: describeValues,
    visibleGlobalOptions: (command) =>
      ancestors(command)
        .flatMap(({ options }) => options)
        .filter(({ long }) => long !== '--version'),
  };
}

/** `what computes: auto (default), wasm, cpu` */
function describeValues({ description, argChoices, defaultValue }: Option | Argument): string {
  if (argChoices === undefined) return description;
  const choices = argChoices.map((choice) => (choice === defaultValue ? `${choice} (default)` : choice));
  return `${description}: ${choices.join(', ')}`;
}

function usageError(command: Command, message: string, code: string): SpecccError {
  const name = commandPath(command);
  const hints = [`usage: ${command.createHelp().commandUsage(command)}`, `'${name} --help' says more`];
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownOption':
      return new SpecccError('unknown-flag', `'${name}' has no option '${quoted}'${suggestion(message)}`, {
        hints,
      });
    case 'commander.unknownCommand':
      return new SpecccError(
        'unknown-command',
        `'${name}' has no command '${quoted}'${suggestion(message)}`,
        {
          hints,
        },
      );
    case 'commander.excessArguments': {
      const taken = command.registeredArguments.length;
      const expected = taken === 0 ? 'no argument' : taken === 1 ? 'one argument' : `${taken} arguments`;
      return new SpecccError('wrong-arguments', `'${name}' takes ${expected}, found ${command.args.length}`, {
        hints,
      });
    }
    default:
      return new SpecccError('wrong-arguments', inOurWords(message), { hints });
  }
}

/** commander puts `(Did you mean --epochs?)` on a line of its own. */
function suggestion(message: string): string {
  const near = /\(Did you mean (.*)\?\)/.exec(message)?.[1];
  return near === undefined
    ? ''
    : `; did you mean ${near.replace(/^one of /, '').replace(/[^\s,]+/g, "'$&'")}?`;
}

function inOurWords(message: string): string {
  const text = message.replace(/^error: /, '');
  const invalid =
    /^(?:option|command-argument value) '(.*?)'(?: argument '(.*?)')? is invalid(?: for argument '(.*?)')?\. (.*)$/s.exec(
      text,
    );
  if (invalid !== null) {
    const [, first = '', second, argument, problem = ''] = invalid;
    const [what, found] = argument === undefined ? [flagOf(first), second] : [argument, first];
    return `'${what}': ${problem.replace(/^Allowed choices are (.*?)\.?$/s, `expected one of $1, found '${found}'`)}`;
  }
  return text
    .replace(/^option '(.*)' argument missing/, (_, flags: string) => `'${flagOf(flags)}' needs a value`)
    .replace(/^missing required argument '(.*)'/, "the argument '$1' is missing")
    .replace(
      /^option '(.*)' cannot be used with option '(.*)'/,
      (_, one: string, other: string) => `'${flagOf(one)}' and '${flagOf(other)}' cannot be used together`,
    )
    .replace(/\.$/, '');
}

/** `-o, --output <file>` is `--output` to people. */
function flagOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

function ancestors(command: Command): readonly Command[] {
  return command.parent === null ? [] : [command.parent, ...ancestors(command.parent)];
}

/** `speccc data fetch` */
function commandPath(command: Command): string {
  return [...ancestors(command)]
    .reverse()
    .concat(command)
    .map((c) => c.name())
    .join(' ');
}

/** For options: a whole number of at least `least`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`expected a whole number ${range}, found '${text}'`);
    }
    return value;
  };
}

/** For options that can be given several times. */
export function collect<Value>(parse: (text: string) => Value) {
  return (text: string, previous: readonly Value[] = []): readonly Value[] => [...previous, parse(text)];
}
