/** `speccc explain`: what a code means and what to do about it. */
import { type CodeEntry, type CodeKind, codes, nearestWord, SpecccError } from '../../diagnostics/index.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatTable, wrapText } from '../format.js';
import type { Output } from '../terminal.js';

interface Options {
  readonly json?: true;
}

const table: Readonly<Record<string, CodeEntry>> = codes;

const kindTitles: Readonly<Record<CodeKind, string>> = {
  spec: 'Faults of a spec (exit code 1)',
  usage: 'Faults of a command line (exit code 2)',
  runtime: 'Faults at run time (exit code 3)',
};

export function addExplain(program: CommandLine, context: CommandContext): void {
  program
    .command('explain')
    .summary('explain an error code')
    .description('Says what an error code means and what to do about it. Without a code it lists them all.')
    .argument('[code]', 'as it stands in the message')
    .option('--json', 'print one JSON document')
    .examples([
      { command: 'speccc explain kernel-larger-than-input', what: 'one code' },
      { command: 'speccc explain', what: 'all codes' },
    ])
    .action(
      context.action(async (code: string | undefined, { json }: Options): Promise<ExitCode> => {
        const { out } = context.terminal;
        if (code === undefined) listCodes(out, json === true, context.program);
        else explainCode(code, out, json === true);
        return exitCodes.fine;
      }),
    );
}

function listCodes(out: Output, json: boolean, program: string): void {
  const all = Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1));
  if (json) {
    out.line(JSON.stringify(Object.fromEntries(all), null, 2));
    return;
  }
  for (const kind of Object.keys(kindTitles) as CodeKind[]) {
    out.line(out.colors.bold(kindTitles[kind]));
    const rows = all.filter(([, entry]) => entry.kind === kind);
    const cells = rows.map(([code, { title }]) => [out.colors.cyan(code), plainText(title)]);
    for (const line of formatTable(cells, { indent: '  ' })) out.line(line);
    out.line();
  }
  out.line(`\`${program} explain CODE\` says more`);
}

function explainCode(code: string, out: Output, json: boolean): void {
  const entry = Object.hasOwn(table, code) ? table[code] : undefined;
  if (entry === undefined) {
    const near = nearestWord(code, Object.keys(table));
    const hint = near === undefined ? '' : `; did you mean '${near}'?`;
    const start = code.split('-', 1)[0]!;
    const alike = Object.keys(table).filter((known) => known.startsWith(start));
    throw new SpecccError('unknown-code', `there is no code '${code}'${hint}`, {
      hints: [
        ...(near === undefined && alike.length > 0 ? [`codes that begin like it: ${alike.join(', ')}`] : []),
        '`speccc explain` lists them all',
      ],
    });
  }
  if (json) {
    out.line(JSON.stringify({ code, ...entry }, null, 2));
    return;
  }
  const { bold, cyan, dim, green, red } = out.colors;
  const width = Math.min(out.columns() - 2, 96);
  out.line(`${bold(cyan(code))}  ${plainText(entry.title)}`);
  out.line(dim(kindTitles[entry.kind]));
  out.line();
  for (const line of wrapText(entry.explanation, width)) out.line(highlighted(line, out));
  for (const [title, text, colour] of [
    ['wrong', entry.wrong, red],
    ['right', entry.right, green],
  ] as const) {
    if (text === undefined) continue;
    out.line();
    out.line(bold(colour(title)));
    for (const line of text.split('\n')) out.line(`  ${line}`);
  }
}

/** Markdown's code spans as colour; the ticks stay where there is none. */
function highlighted(line: string, { colors }: Output): string {
  return colors.isColorSupported ? line.replace(/`([^`]+)`/g, (_, code: string) => colors.cyan(code)) : line;
}

function plainText(title: string): string {
  return title.replaceAll('`', '');
}
