/** How numbers, durations, tables and paragraphs look in a terminal. */
import { stripVTControlCharacters } from 'node:util';

/** `62,006`. Small ones are written without Intl, which takes a while to start. */
export function formatCount(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1000 ? String(value) : value.toLocaleString('en-US');
}

/** `1 error`, `2 errors` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Three significant digits and a unit: `0.65 M`, `12.3 G`. Small counts are written out. */
export function formatLarge(value: number): string {
  for (const [unit, size] of [
    ['T', 1e12],
    ['G', 1e9],
    ['M', 1e6],
  ] as const) {
    if (value >= size / 10) return `${threeDigits(value / size)} ${unit}`;
  }
  return formatCount(value);
}

/** `170 MB`, `3.2 kB` */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= size) return `${threeDigits(bytes / size)} ${unit}`;
  }
  return `${bytes} B`;
}

function threeDigits(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** `0:17`, `12:05`, `1:02:03` */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = parts.map(String);
  const last = rest?.padStart(2, '0');
  return hours === '0' ? `${minutes}:${last}` : `${hours}:${minutes?.padStart(2, '0')}:${last}`;
}

/** `0.8 s`, `29 s`, `2 min 41 s`, `1 h 3 min` */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60) % 60} min`;
}

/** A loss or metric: four decimals, and an exponent where those say nothing. */
export function formatMetric(value: number | null | undefined, decimals = 4): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5)
    ? value.toExponential(decimals - 1)
    : value.toFixed(decimals);
}

/** Width on screen: colours take no room. */
export function visibleWidth(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleWidth(text)));
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - visibleWidth(text))) + text;
}

/** Rows under each other; `right` holds the columns whose cells end on a line. No spaces at the ends. */
export function formatTable(
  rows: readonly (readonly string[])[],
  options: { readonly right?: readonly number[]; readonly gap?: string; readonly indent?: string } = {},
): readonly string[] {
  const { right = [], gap = '  ', indent = '' } = options;
  const widths = rows.reduce<number[]>((all, row) => {
    row.forEach((cell, column) => {
      all[column] = Math.max(all[column] ?? 0, visibleWidth(cell));
    });
    return all;
  }, []);
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      right.includes(column) ? padStart(cell, widths[column]!) : padEnd(cell, widths[column]!),
    );
    return (indent + cells.join(gap)).trimEnd();
  });
}

/** Breaks paragraphs at spaces; lines never start with one. */
export function wrapText(text: string, width: number, indent = ''): readonly string[] {
  const room = Math.max(20, width - indent.length);
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ').filter((part) => part !== '')) {
      if (line !== '' && visibleWidth(line) + 1 + visibleWidth(word) > room) {
        lines.push(indent + line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line === '' ? '' : indent + line];
  });
}

/** `text` behind a label, wrapped so that its further lines stand under the first one. */
export function labelled(label: string, text: string, columns = Number.POSITIVE_INFINITY): string {
  const indent = ' '.repeat(labelWidth);
  const [first = '', ...rest] = wrapText(text, columns, indent);
  return [padEnd(label, labelWidth) + first.slice(labelWidth), ...rest].join('\n');
}

const labelWidth = 9;
