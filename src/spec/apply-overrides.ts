/**
 * Settings from outside, `training.epochs=3`, written into a spec's text. Only the text of what is set is
 * touched, so comments, layout and the line numbers of everything else stay as they are.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, stringify, type YAMLMap } from 'yaml';
import { type Diagnostic, formatPath, type Range, SpecError, type SpecPath } from '../diagnostics/index.js';
import { builtInRegistry, type LayerRegistry } from '../layers/index.js';
import { parseSpec, type SpecDocument } from './document.js';
import { languageOf } from './language.js';
import { loadProgram, type Program, type ReadFile } from './program.js';
import { didYouMean, nearest } from './suggest.js';
import { validateSpec } from './validate.js';

export interface Override {
  /** `training.epochs`, `layers.c1.filters`, `layers.0.filters`. */
  readonly path: string;
  /** YAML. */
  readonly value: string;
  /** How the user gave it, for messages: `--epochs`. `--set PATH` where it is left out. */
  readonly origin?: string;
}

/** As for `checkSpec`. */
export interface OverrideOptions {
  readonly layers?: LayerRegistry;
  readonly readFile?: ReadFile;
}

/**
 * The text with the settings in it, later ones last. A text that is not YAML comes back as it is: checking it
 * says why.
 *
 * @throws SpecError whose places are in the setting, for a path that names nothing and for a value that is not
 * allowed there.
 */
export function applyOverrides(
  text: string,
  file: string,
  overrides: readonly Override[],
  options: OverrideOptions = {},
): string {
  let result = text;
  for (const override of overrides) {
    const { document } = parseSpec(result, file);
    if (document === undefined) return result;
    result = applyOne(result, file, document, override, options);
  }
  return result;
}

function applyOne(
  text: string,
  file: string,
  before: SpecDocument,
  override: Override,
  options: OverrideOptions,
): string {
  const setting = new Setting(override);
  checkReach(before, setting, options);
  const steps = resolveSteps(before.value, override.path, setting);
  const parsed = override.value.trim() === '' ? undefined : parseSpec(override.value, setting.file);
  if (parsed !== undefined && parsed.diagnostics.length > 0) {
    throw setting.error(
      parsed.diagnostics.map((d) => ({ ...d, path: steps, range: setting.inValue(d.range) })),
    );
  }
  const value = parsed?.document?.value ?? null;
  const edited = splice(text, steps, override.value, value, withValue(before.value, steps, value));
  const after = edited === undefined ? undefined : parseSpec(edited, file).document;
  if (edited === undefined || after === undefined) {
    throw setting.refuse(steps, `${override.path} is not the place of a value`);
  }
  const known = new Set(
    faultsOn(before, steps, options).map(({ code, path }) => `${code} ${formatPath(path)}`),
  );
  const own = faultsOn(after, steps, options).filter(
    ({ code, path }) => !known.has(`${code} ${formatPath(path)}`),
  );
  if (own.length > 0) throw setting.error(own.map((fault) => setting.relocate(fault)));
  return edited;
}

function programOf(document: SpecDocument, { layers = builtInRegistry, readFile }: OverrideOptions): Program {
  return loadProgram(document, languageOf(layers), readFile).program;
}

/** What is wrong on the way to a place and below it. */
function faultsOn(document: SpecDocument, steps: SpecPath, options: OverrideOptions): readonly Diagnostic[] {
  const program = programOf(document, options);
  return validateSpec(program, languageOf(options.layers ?? builtInRegistry)).diagnostics.filter(
    ({ path, severity }) =>
      severity === 'error' && steps.every((step, i) => path.length <= i || path[i] === step),
  );
}

/** Params must be there already, and what another file says can be replaced as a whole only. */
function checkReach(document: SpecDocument, setting: Setting, options: OverrideOptions): void {
  const [first, second, third] = setting.words.map(({ text }) => text);
  if (first === undefined) return;
  const { source } = programOf(document, options).main;
  const whole = isMapping(source.value) ? source.value : {};
  if (first === 'params' && second !== undefined && third === undefined) {
    const params = Object.keys(isMapping(whole.params) ? whole.params : {});
    if (params.includes(second)) return;
    const listed = params.length === 0 ? 'it has no params' : `its params are ${params.join(', ')}`;
    throw setting.refuse(
      [first, second],
      `the spec has no param '${second}'`,
      didYouMean(second, params) ?? listed,
    );
  }
  const own = isMapping(document.value) && Object.hasOwn(document.value, first);
  if (!own && second !== undefined && Array.isArray(whole[first])) {
    const file = source.ownerOf([first]).file;
    throw setting.refuse(
      [first],
      `'${first}' stands in ${file}, and a setting changes ${document.file} only`,
    );
  }
}

/** A setting as the text that messages point into. */
class Setting {
  readonly file: string;
  /** The steps of the path as they are written; none where it is not a path. */
  readonly words: readonly { readonly text: string; readonly offsets: readonly [number, number] }[];
  private readonly source: string;

  constructor(private readonly override: Override) {
    const { path } = override;
    const steps = /^[^.[\]=]+(\.[^.[\]=]+|\[\d+\])*$/.test(path) ? path.matchAll(/[^.[\]]+/g) : [];
    this.words = Array.from(steps, ({ 0: text, index }) => ({ text, offsets: [index, index + text.length] }));
    this.file = override.origin ?? `--set ${override.path}`;
    this.source = `${override.path}=${override.value}`;
  }

  error(diagnostics: readonly Diagnostic[]): SpecError {
    return new SpecError(diagnostics, this.source);
  }

  refuse(path: SpecPath, message: string, hint?: string): SpecError {
    const range = this.range(0, this.override.path.length);
    return this.error([
      {
        code: 'unknown-setting',
        severity: 'error',
        message,
        file: this.file,
        path,
        range,
        ...(hint === undefined ? {} : { hint }),
      },
    ]);
  }

  /** The fault at the word of the path that it is about, or else at the value. */
  relocate(fault: Diagnostic): Diagnostic {
    const word = fault.code === 'unknown-option' ? this.words[fault.path.length - 1] : undefined;
    const valueStart = this.override.path.length + 1;
    const range =
      word === undefined ? this.range(valueStart, this.source.length) : this.range(...word.offsets);
    return { ...fault, file: this.file, range };
  }

  inValue({ start, end }: Range): Range {
    const shift = this.override.path.length + 1;
    return this.range(start.offset + shift, end.offset + shift);
  }

  private range(start: number, end: number): Range {
    const at = (offset: number) => ({ line: 1, column: offset + 1, offset });
    return { start: at(start), end: at(end) };
  }
}

/** `layers.c1.filters` as a path of the spec: layers go by name or by number. */
function resolveSteps(spec: unknown, path: string, setting: Setting): SpecPath {
  if (setting.words.length === 0) {
    throw setting.refuse([], `expected a path such as training.epochs or layers.c1.filters, found '${path}'`);
  }
  const steps: (string | number)[] = [];
  let value: unknown = spec;
  for (const { text: word } of setting.words) {
    if (Array.isArray(value)) {
      const index = indexIn(value, word);
      if (index === undefined) throw setting.refuse(steps, ...absent(value, word, steps));
      steps.push(index);
      value = value[index];
    } else {
      steps.push(word);
      value = isMapping(value) && Object.hasOwn(value, word) ? value[word] : undefined;
    }
  }
  return steps;
}

function indexIn(list: readonly unknown[], word: string): number | undefined {
  const named = list.findIndex((item) => isMapping(item) && item.name === word);
  if (named >= 0) return named;
  return /^\d+$/.test(word) && Number(word) < list.length ? Number(word) : undefined;
}

function absent(list: readonly unknown[], word: string, steps: SpecPath): [message: string, hint?: string] {
  const place = steps.join('.');
  const names = list.flatMap((item) => (isMapping(item) && typeof item.name === 'string' ? [item.name] : []));
  if (/^\d+$/.test(word)) {
    return [`${place} has no number ${word}: it holds ${list.length}, counted from 0`];
  }
  const near = nearest(word, names);
  const hint = near === undefined ? undefined : `did you mean '${near}'?`;
  if (names.length === 0) return [`${place} has nothing that is called '${word}'`];
  return hint === undefined
    ? [`${place} has nothing that is called '${word}'`, `the names are ${names.slice(0, 20).join(', ')}`]
    : [`${place} has nothing that is called '${word}'`, hint];
}

/** A copy of the spec's data with the value set: what the edited text has to mean. */
function withValue(data: unknown, steps: SpecPath, value: unknown): unknown {
  const [step, ...others] = steps;
  if (step === undefined) return value;
  if (Array.isArray(data)) {
    return data.map((item, index) => (index === step ? withValue(item, others, value) : item));
  }
  // A thing chosen by its bare name takes options in its long form.
  const open = typeof data === 'string' ? { type: data } : isMapping(data) ? data : {};
  const copy = { ...open };
  Object.defineProperty(copy, step, {
    value: withValue(
      Object.hasOwn(open, step) ? (open as Record<string, unknown>)[step] : undefined,
      others,
      value,
    ),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}

/** The edited text, or nothing where the path leads through a value that holds no others. */
function splice(
  text: string,
  steps: SpecPath,
  source: string,
  value: unknown,
  wanted: unknown,
): string | undefined {
  const edits = [source.trim(), inFlow(value)].flatMap((inline) => edit(text, steps, inline, wanted));
  return edits.find((edited) => sameValue(parseSpec(edited, '').document?.value, wanted));
}

/** On one line: `{ type: adam, learningRate: 0.1 }`. */
const inFlow = (value: unknown) => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

/** Ways to write `inline` at the path. Each is tried and read again, so none has to be right for every layout. */
function edit(text: string, steps: SpecPath, inline: string, wanted: unknown): readonly string[] {
  const replace = (start: number, end: number, by: string) => text.slice(0, start) + by + text.slice(end);
  const long = (from: number) =>
    steps.slice(from).reduceRight<string>((inner, step) => `{ ${plainKey(step)}: ${inner} }`, inline);
  let node = parseDocument(text, { merge: false }).contents as Node | null;
  let data = wanted;
  for (const [depth, step] of steps.entries()) {
    data = (data as Record<string | number, unknown> | undefined)?.[step];
    const next = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step))
      : undefined;
    const child = isMap(node)
      ? (next?.value as Node | null | undefined)
      : isSeq(node)
        ? (node.items[Number(step)] as Node)
        : undefined;
    if (isMap(node) && next === undefined) return insertions(text, node, step, long(depth + 1));
    if (!child?.range) return [];
    const last = depth === steps.length - 1;
    // Below an alias or a bare name stands no text of its own: the whole value is written out in its place.
    if (last || isAlias(child) || isScalar(child)) {
      const [start, end] = child.range;
      const written = last ? inline : inFlow(data);
      const gap = /[:\s]$/.test(text.slice(0, start)) && !/\s$/.test(text.slice(0, start)) ? ' ' : '';
      const rest = text.slice(0, end).match(/\s*$/)![0].length;
      return [replace(start, Math.max(start, end - rest), gap + written)];
    }
    node = child;
  }
  return [];
}

function insertions(text: string, map: YAMLMap, step: string | number, value: string): readonly string[] {
  const [start, end] = map.range!;
  const entry = `${plainKey(step)}: ${value}`;
  if (map.flow) {
    const inside = text.slice(start + 1, end - 1).trimEnd();
    const comma = inside.trim() === '' || inside.endsWith(',') ? '' : ',';
    return [`${text.slice(0, start + 1)}${inside}${comma} ${entry} ${text.slice(end - 1)}`];
  }
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const indent = ' '.repeat(start - lineStart);
  const body = text.slice(0, end).trimEnd();
  return [`${body}\n${indent}${entry}${text.slice(body.length).replace(/^[^\n]*$/, '\n')}`];
}

const plainKey = (key: string | number) =>
  /^[A-Za-z_]\w*$/.test(String(key)) ? String(key) : JSON.stringify(key);

function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  if (isMapping(a) && isMapping(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
    );
  }
  return Object.is(a, b);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
