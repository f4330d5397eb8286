/**
 * A JSON text as plain data in which every key and value still knows its place, so that whatever cannot be
 * imported is shown where it stands. `JSON.parse` keeps no places, and its messages differ between versions.
 */
import type { Diagnostic, DiagnosticCode, Position, Range, SpecPath } from '../../diagnostics/index.js';

export interface JsonDocument {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
  /** Plain data; objects have no prototype, so that a key `__proto__` is a key like any other. */
  readonly value: unknown;
  /** Where the value of a path stands; where there is none, the nearest value around it. */
  locate(path: SpecPath): Range;
  /** Where the key of a path stands, and the value itself for an item of a list. */
  locateKey(path: SpecPath): Range;
}

const limits = {
  /** UTF-16 code units. A topology with tens of thousands of layers has some ten million. */
  characters: 64 * 1024 * 1024,
  /** Lists and objects inside each other. Each model inside another one takes four to six. */
  depth: 256,
  values: 4_000_000,
} as const;

/** A value's offsets, those of its key, and its children's places. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly key?: readonly [start: number, end: number];
  readonly children?: ReadonlyMap<string | number, Place>;
}

/** What stops the reading of a text, at an offset. */
class Stop extends Error {
  constructor(
    readonly code: DiagnosticCode,
    message: string,
    readonly start: number,
    readonly end = start,
  ) {
    super(message);
  }
}

/** Reads a text that should be JSON. There is a document exactly where it is; the first fault ends the reading. */
export function parseJson(
  text: string,
  file: string,
): { readonly document?: JsonDocument; readonly diagnostics: readonly Diagnostic[] } {
  let lineStarts: readonly number[] | undefined;
  const rangeOf = (start: number, end: number): Range => {
    lineStarts ??= startsOfLines(text);
    return { start: positionAt(lineStarts, start), end: positionAt(lineStarts, end) };
  };
  try {
    const { value, place } = new Reader(text).read();
    return { document: documentOf(file, text, value, place, rangeOf), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const { code, message, start, end } = error;
    const range = rangeOf(start, end);
    return { diagnostics: [{ code, severity: 'error', message, file, path: [], range }] };
  }
}

function documentOf(
  file: string,
  text: string,
  value: unknown,
  root: Place,
  rangeOf: (start: number, end: number) => Range,
): JsonDocument {
  const find = (path: SpecPath) => {
    let place = root;
    for (const [depth, step] of path.entries()) {
      const next = place.children?.get(step);
      if (next === undefined) return { place, whole: false, depth };
      place = next;
    }
    return { place, whole: true };
  };
  return {
    file,
    text,
    value,
    locate(path) {
      const { start, end } = find(path).place;
      return rangeOf(start, end);
    },
    locateKey(path) {
      const { place, whole } = find(path);
      const [start, end] = whole && place.key !== undefined ? place.key : [place.start, place.end];
      return rangeOf(start, end);
    },
  };
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function positionAt(lineStarts: readonly number[], offset: number): Position {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - lineStarts[low]! + 1, offset };
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const wordPattern = /[A-Za-z-]+/y;
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

interface Read {
  readonly value: unknown;
  readonly place: Place;
}

class Reader {
  private at = 0;
  private count = 0;

  constructor(private readonly text: string) {}

  read(): Read {
    const { text } = this;
    if (text.length > limits.characters) {
      const message = `expected at most ${limits.characters} characters, found ${text.length}`;
      throw new Stop('model-too-large', message, 0);
    }
    // Some editors put a mark before the text.
    if (text.startsWith('\ufeff')) this.at = 1;
    const result = this.readValue(undefined, 0);
    this.skipSpace();
    if (this.at < text.length) this.fail('the end of the file');
    return result;
  }

  private readValue(key: Place['key'], depth: number): Read {
    this.skipSpace();
    this.count += 1;
    if (this.count > limits.values) {
      throw new Stop('model-too-large', `the file holds more than ${limits.values} values`, this.at);
    }
    const start = this.at;
    const placed = (value: unknown, children?: Place['children']): Read => ({
      value,
      place: { start, end: this.at, ...(key && { key }), ...(children && { children }) },
    });
    const character = this.text[start];
    if (character === '{' || character === '[') {
      if (depth >= limits.depth) {
        const message = `lists and objects are nested more than ${limits.depth} deep`;
        throw new Stop('model-too-large', message, start, start + 1);
      }
      this.at += 1;
      const children = new Map<string | number, Place>();
      const value = character === '{' ? this.readMembers(children, depth) : this.readItems(children, depth);
      return placed(value, children);
    }
    if (character === '"') return placed(this.readString());
    numberPattern.lastIndex = start;
    const number = numberPattern.exec(this.text);
    if (number !== null && !/[\w.]/.test(this.text[start + number[0].length] ?? '')) {
      this.at += number[0].length;
      const value = Number(number[0]);
      if (!Number.isFinite(value)) {
        throw new Stop('not-json', `the number ${number[0].slice(0, 40)} is too large`, start, this.at);
      }
      return placed(value);
    }
    wordPattern.lastIndex = start;
    const word = wordPattern.exec(this.text)?.[0];
    if (word !== undefined && Object.hasOwn(words, word)) {
      this.at += word.length;
      return placed(words[word]);
    }
    return this.fail('a value');
  }

  private readMembers(children: Map<string | number, Place>, depth: number): object {
    const members = Object.create(null) as Record<string, unknown>;
    if (this.skips('}')) return members;
    do {
      this.skipSpace();
      const start = this.at;
      if (this.text[start] !== '"') this.fail('a key in double quotes');
      const key = this.readString();
      const end = this.at;
      if (!this.skips(':')) this.fail("':'");
      const { value, place } = this.readValue([start, end], depth + 1);
      members[key] = value;
      children.set(key, place);
    } while (this.skips(','));
    if (!this.skips('}')) this.fail("',' or '}'");
    return members;
  }

  private readItems(children: Map<string | number, Place>, depth: number): unknown[] {
    const items: unknown[] = [];
    if (this.skips(']')) return items;
    do {
      const { value, place } = this.readValue(undefined, depth + 1);
      children.set(items.length, place);
      items.push(value);
    } while (this.skips(','));
    if (!this.skips(']')) this.fail("',' or ']'");
    return items;
  }

  private readString(): string {
    const start = this.at;
    let end = start + 1;
    for (; ; end += 1) {
      const code = this.text.charCodeAt(end);
      if (Number.isNaN(code)) throw new Stop('not-json', 'a text has no closing quote', start, start + 1);
      if (code < 0x20) throw new Stop('not-json', 'a line break or control character in a text', end);
      if (code === 0x22) break;
      if (code === 0x5c) end += 1;
    }
    this.at = end + 1;
    const source = this.text.slice(start, this.at);
    if (!source.includes('\\')) return source.slice(1, -1);
    try {
      return JSON.parse(source) as string;
    } catch {
      throw new Stop('not-json', 'an unknown escape after a backslash', start, this.at);
    }
  }

  /** Whether the next character is this one, which is then behind us. */
  private skips(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    for (; ; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  private fail(expected: string): never {
    const character = this.text[this.at];
    wordPattern.lastIndex = this.at;
    const word = wordPattern.exec(this.text)?.[0].slice(0, 40);
    const found = character === undefined ? 'the end of the file' : JSON.stringify(word ?? character);
    const end = this.at + (character === undefined ? 0 : (word ?? character).length);
    throw new Stop('not-json', `expected ${expected}, found ${found}`, this.at, end);
  }
}
