/**
 * Diagnostics as people read them: place, code and message, the line with the place marked, and what to do.
 *
 *     draft.yaml:6:61  error  unknown-option  conv2d has no option 'activaton'
 *       5 |   - { name: p1, type: maxPooling2d, poolSize: 2 }
 *     > 6 |   - { name: c2, type: conv2d, filters: 16, kernelSize: 5, activaton: sigmoid }
 *         |                                                           ^^^^^^^^^
 *       did you mean 'activation'?
 */
import picocolors from 'picocolors';
import type { Diagnostic, Range, SourceTexts } from './diagnostic.js';
import { characterWidth, textWidth, visible, visibleText } from './display-text.js';

export interface FormatOptions {
  /** Colours of a terminal; none where it is left out. */
  readonly color?: boolean;
  /** Columns to fit lines of the source into, 100 where it is left out. Messages are never cut. */
  readonly width?: number;
  /** How many diagnostics are shown in full, 100 where it is left out. */
  readonly limit?: number;
}

type Colors = ReturnType<typeof picocolors.createColors>;

/**
 * All diagnostics, a blank line between two, and a closing line that counts them. One in a file whose text is not
 * given is shown without its line.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  source: SourceTexts,
  options: FormatOptions = {},
): string {
  const { color = false, width = 100, limit = 100 } = options;
  if (diagnostics.length === 0) return '';
  const colors = picocolors.createColors(color);
  const shown = diagnostics.slice(0, limit).map((d) => formatOne(d, source, Math.max(width, 40), colors));
  return [...shown, closingLine(diagnostics, diagnostics.length - shown.length, colors)].join('\n\n');
}

function formatOne(d: Diagnostic, sources: SourceTexts, width: number, colors: Colors): string {
  const source = typeof sources === 'string' ? sources : sources.get(d.file);
  const { line, column } = d.range.start;
  const paint = d.severity === 'error' ? colors.red : colors.yellow;
  const place = colors.bold(`${visibleText(d.file)}:${line}:${column}`);
  const head = `${place}  ${paint(d.severity)}  ${colors.dim(d.code)}  ${visibleText(d.message)}`;
  const frame = source === undefined ? [] : codeFrame(source, d.range, width, colors, paint);
  const notes = (d.notes ?? []).map((note) => `  ${visibleText(note)}`);
  const hint = d.hint === undefined ? [] : [`  ${colors.cyan(visibleText(d.hint))}`];
  return [head, ...frame, ...notes, ...hint].join('\n');
}

/** The line of the place, the one before it, and marks under the place. */
function codeFrame(
  source: string,
  range: Range,
  width: number,
  colors: Colors,
  paint: (text: string) => string,
): readonly string[] {
  const number = range.start.line;
  const digits = String(number).length;
  const gutter = (label: string, mark: string, text: string) =>
    `${mark} ${label.padStart(digits)} |${text === '' ? '' : ` ${text}`}`;
  const line = lineAround(source, range.start.offset);
  const start = Math.min(range.start.offset, line.end);
  const end = Math.min(Math.max(range.end.offset, start), line.end);
  // A line can be as long as the file; more than this of it is never seen.
  const reach = 4 * width;
  const left = Math.max(line.start, start - reach);
  const right = Math.min(line.end, start + reach);
  const room = width - digits - 5;
  const view = cut(source.slice(left, right), start - left, Math.min(end, right) - left, room);
  const before = line.start === 0 ? undefined : lineAround(source, line.start - 1);
  const shift = left - line.start;
  const above =
    before === undefined ? '' : source.slice(before.start + shift, before.end).slice(0, 2 * reach);
  const context = windowOf(shownText(above).trimEnd(), view.from, room);
  const hasContext = context.replace('…', '').trim() !== '';
  return [
    ...(hasContext ? [colors.dim(gutter(String(number - 1), ' ', context))] : []),
    paint('>') + gutter(String(number), '', view.text),
    gutter('', ' ', `${' '.repeat(view.indent)}${paint('^'.repeat(view.marks))}`),
  ];
}

/** Offsets of the line that an offset is in, without its line break. */
function lineAround(source: string, offset: number): { readonly start: number; readonly end: number } {
  const start = offset === 0 ? 0 : source.lastIndexOf('\n', offset - 1) + 1;
  const found = source.indexOf('\n', offset);
  const end = found < 0 ? source.length : found;
  return { start, end: end > start && source[end - 1] === '\r' ? end - 1 : end };
}

interface View {
  readonly text: string;
  /** Columns before the marks, and how many marks. */
  readonly indent: number;
  readonly marks: number;
  /** The first column of the line that is shown. */
  readonly from: number;
}

/** The part of a line around a place, as wide as there is room for. `start` and `end` are UTF-16 offsets. */
function cut(line: string, start: number, end: number, room: number): View {
  const prefix = shownText(line.slice(0, start));
  const place = shownText(line.slice(start, end));
  const whole = (prefix + place + shownText(line.slice(Math.max(start, end)))).trimEnd();
  const column = textWidth(prefix);
  const length = Math.max(1, textWidth(place.trimEnd()));
  const from = firstColumn(textWidth(whole), column, length, room);
  const indent = column - from;
  const marks = Math.min(length, room - indent - (from + room < textWidth(whole) ? 1 : 0));
  return { text: windowOf(whole, from, room), indent, marks: Math.max(1, marks), from };
}

/** Where to begin a line of `total` columns, so that `length` columns from `column` on are seen, with some before. */
function firstColumn(total: number, column: number, length: number, room: number): number {
  if (total <= room || column + length < room) return 0;
  const behind = Math.min(total - column, Math.max(Math.ceil(room * 0.6), length + 1));
  return Math.max(0, Math.min(column - 1, column + behind - room, total - room));
}

/** `room` columns of a text from one column on, with `…` in place of what is left out at either side. */
function windowOf(text: string, from: number, room: number): string {
  const cutRight = textWidth(text) > from + room;
  const first = from === 0 ? 0 : from + 1;
  const last = from + room - (cutRight ? 1 : 0);
  let column = 0;
  let result = from === 0 ? '' : '…';
  for (const character of text) {
    const next = column + characterWidth(character);
    if (column >= first && next <= last) result += character;
    // A wide character across the edge leaves a column empty.
    else if (next > first && column < first) result += ' ';
    column = next;
  }
  return `${result.trimEnd()}${cutRight ? '…' : ''}`;
}

const shownText = (text: string) => Array.from(text, visible).join('');

/** ``2 errors in draft.yaml. `speccc explain unknown-option` says more.`` */
function closingLine(diagnostics: readonly Diagnostic[], hidden: number, colors: Colors): string {
  const count = (severity: Diagnostic['severity']) => {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    return n === 0 ? [] : [`${n} ${severity}${n === 1 ? '' : 's'}`];
  };
  const counts = [...count('error'), ...count('warning')].join(' and ');
  const serious = diagnostics.findLast(({ severity }) => severity === 'error') ?? diagnostics[0]!;
  const files = [...new Set(diagnostics.map(({ file }) => visibleText(file)))].join(', ');
  const more = hidden === 0 ? '' : ` (${hidden} of them not shown)`;
  return `${counts} in ${files}${more}. ${colors.cyan(`\`speccc explain ${serious.code}\``)} says more.`;
}
