/**
 * A spec with all files that it consists of: those that it extends, and those whose blocks it includes. Files are read
 * through a function that is handed in, so that nothing here touches a disk, and nothing outside the spec's own
 * folder can be asked for.
 */
import { type Diagnostic, SpecccError, type SpecPath } from '../diagnostics/index.js';
import { checkValue } from './check-value.js';
import { isMapping } from './describe.js';
import { parseSpec, type SpecDocument } from './document.js';
import { holdsExpression } from './expand/template.js';
import { type Fault, hinted } from './fault.js';
import type { Language } from './language.js';
import { limits } from './limits.js';
import { locateFaults, placeOf } from './locate-faults.js';
import { mergeSources, type SpecSource, sourceOf } from './source.js';

/**
 * The text of a file, by its path from the folder of the spec, with `/` between folders and never with `..`. Throws a
 * `SpecccError` where there is none.
 */
export type ReadFile = (path: string) => string;

export interface Program {
  readonly main: Unit;
  /** The units that are included, by whichever way, each once. */
  readonly included: readonly Unit[];
  /** All files that could be understood: the spec's own first. */
  readonly documents: readonly SpecDocument[];
  /** The texts of all files that were read, by the names that diagnostics have for them. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A file with those that it extends, and the blocks that are known in it. */
export interface Unit {
  readonly source: SpecSource;
  readonly blocks: ReadonlyMap<string, BlockSource>;
  /** False where a file could not be read, so that nothing can be said of names that are not known. */
  readonly complete: boolean;
  /** False where that is one that it extends, so that nothing can be said of sections that are not there. */
  readonly whole: boolean;
}

/** Where a block is defined: `['blocks', name]` of a unit. */
export interface BlockSource {
  readonly name: string;
  readonly unit: Unit;
}

/** The keys that are each file's own matter. */
const ownKeys = ['include', 'extends'];

/** There is a program whatever is missing; what is missing has been reported. */
export function loadProgram(
  document: SpecDocument,
  language: Language,
  readFile: ReadFile | undefined,
): { readonly program: Program; readonly diagnostics: readonly Diagnostic[] } {
  const loader = new Loader(document, language, readFile);
  const main = loader.main();
  const { documents, texts, diagnostics } = loader;
  return { program: { main, included: loader.included(), documents, texts }, diagnostics };
}

/** A file of the program: its path from the spec's folder. */
interface File {
  readonly path: string;
  readonly document: SpecDocument;
}

class Loader {
  readonly documents: SpecDocument[];
  readonly texts: Map<string, string>;
  readonly diagnostics: Diagnostic[] = [];
  private readonly folder: string;
  private readonly root: File;
  private readonly units = new Map<string, Unit>();
  private readonly files = new Map<string, SpecDocument | undefined>();
  private bytes: number;
  private values: number;

  constructor(
    document: SpecDocument,
    private readonly language: Language,
    private readonly readFile: ReadFile | undefined,
  ) {
    const slash = Math.max(document.file.lastIndexOf('/'), document.file.lastIndexOf('\\'));
    this.folder = document.file.slice(0, slash + 1);
    this.root = { path: document.file.slice(slash + 1), document };
    this.documents = [document];
    this.texts = new Map([[document.file, document.text]]);
    this.bytes = document.text.length;
    this.values = countValues(document.value);
  }

  main(): Unit {
    const chain = this.extended(this.root, [this.root.path]);
    const documents = chain.files.map(({ document }) => document);
    const source = mergeSources(documents, ownKeys);
    return this.unit(source, chain.files, chain.complete, [this.root.path]);
  }

  included(): readonly Unit[] {
    return [...this.units.values()];
  }

  /** The file with those that it extends before it. */
  private extended(file: File, way: readonly string[]): { files: readonly File[]; complete: boolean } {
    const { value } = file.document;
    if (!isMapping(value) || !Object.hasOwn(value, 'extends')) return { files: [file], complete: true };
    const path = ['extends'];
    const [base] = this.paths(file, [[path, value.extends]], 'extends', way);
    if (base === undefined) return { files: [file], complete: false };
    const document = this.read(base, file, path);
    if (document === undefined) return { files: [file], complete: false };
    const before = this.extended({ path: base, document }, [...way, base]);
    return { ...before, files: [...before.files, file] };
  }

  private unit(source: SpecSource, files: readonly File[], complete: boolean, way: readonly string[]): Unit {
    const blocks = new Map<string, BlockSource>();
    const unit = { source, blocks, complete, whole: complete };
    for (const file of files) {
      const found = new Map<string, BlockSource>();
      for (const { path, unit: included } of this.includes(file, way)) {
        if (included === undefined || !included.complete) unit.complete = false;
        for (const [name, block] of included?.blocks ?? []) {
          const other = found.get(name);
          if (other === undefined || other === block) found.set(name, block);
          else this.reportTwice(file, path, name, other, block);
        }
      }
      const own = isMapping(file.document.value) ? file.document.value.blocks : undefined;
      for (const name of isMapping(own) ? Object.keys(own) : []) {
        const other = found.get(name);
        const block = blocks.get(name)?.unit === unit ? blocks.get(name)! : { name, unit };
        if (other === undefined) found.set(name, block);
        else this.reportTwice(file, ['blocks', name], name, other, block);
      }
      for (const [name, block] of found) blocks.set(name, block);
    }
    return unit;
  }

  private includes(
    file: File,
    way: readonly string[],
  ): readonly { readonly path: SpecPath; readonly unit: Unit | undefined }[] {
    const { value } = file.document;
    if (!isMapping(value) || !Object.hasOwn(value, 'include')) return [];
    const list = Array.isArray(value.include) ? value.include : [value.include];
    const items = list.map((item, index) => [['include', index], item] as const);
    const given = Array.isArray(value.include) ? items : ([[['include'], value.include]] as const);
    return this.paths(file, given, 'include', way).map((path, index) => {
      const place = given[index]![0];
      if (path === undefined) return { path: place, unit: undefined };
      const known = this.units.get(path);
      if (known !== undefined) return { path: place, unit: known };
      const document = this.read(path, file, place);
      if (document === undefined) return { path: place, unit: undefined };
      const unit = this.unit(sourceOf(document), [{ path, document }], true, [...way, path]);
      this.units.set(path, unit);
      return { path: place, unit };
    });
  }

  /** The paths that a file names, from the spec's folder; undefined for those that are wrong. */
  private paths(
    file: File,
    given: readonly (readonly [path: SpecPath, value: unknown])[],
    key: 'include' | 'extends',
    way: readonly string[],
  ): readonly (string | undefined)[] {
    const schema = this.language.spec.properties![key]!;
    const value = (file.document.value as Readonly<Record<string, unknown>>)[key];
    const faults = [...checkValue(schema, value, [key])];
    const paths = given.map(([path, text]) => {
      if (typeof text !== 'string' || faults.length > 0) return undefined;
      const found = resolvePath(file.path, text);
      const circle = way.indexOf(typeof found === 'string' ? found : '');
      const fault: Omit<Fault, 'path' | 'at'> | undefined =
        typeof found !== 'string'
          ? found
          : this.readFile === undefined
            ? {
                code: 'include-unavailable',
                message: `${key}: this spec was given without its folder, so that '${text}' cannot be read`,
              }
            : circle >= 0
              ? {
                  code: 'include-circular',
                  message: `${key}: '${text}' leads back to itself: ${[...way.slice(circle), found].join(' → ')}`,
                }
              : undefined;
      if (fault === undefined) return found as string;
      this.report(file.document, [{ ...fault, path, at: 'value' }]);
      return undefined;
    });
    this.report(file.document, faults);
    return paths;
  }

  private read(path: string, by: File, place: SpecPath): SpecDocument | undefined {
    if (this.files.has(path)) return this.files.get(path);
    const document = this.readNew(path, by, place);
    this.files.set(path, document);
    if (document !== undefined) this.documents.push(document);
    return document;
  }

  private readNew(path: string, by: File, place: SpecPath): SpecDocument | undefined {
    const refuse = (fault: Omit<Fault, 'path' | 'at'>) => {
      this.report(by.document, [{ ...fault, path: place, at: 'value' }]);
      return undefined;
    };
    const tooLarge = (what: string) =>
      refuse({
        code: 'spec-too-large',
        message: `expected at most ${what} in a spec with all its files, found more`,
      });
    if (this.files.size >= limits.files) return tooLarge(`${limits.files} files`);
    let text: string;
    try {
      text = this.readFile!(path);
    } catch (error) {
      if (!(error instanceof SpecccError)) throw error;
      const { code, message, hints } = error;
      return refuse({ code, message, ...hinted(hints[0]) });
    }
    this.bytes += text.length;
    if (this.bytes > limits.fileBytes) return tooLarge(`${limits.fileBytes} characters`);
    const name = this.folder + path;
    this.texts.set(name, text);
    const { document, diagnostics } = parseSpec(text, name);
    const included = `read by ${placeOf(sourceOf(by.document), place)}`;
    this.diagnostics.push(...diagnostics.map((d) => ({ ...d, notes: [...(d.notes ?? []), included] })));
    this.values += countValues(document?.value);
    return this.values > limits.values ? tooLarge(`${limits.values} values`) : document;
  }

  private reportTwice(file: File, path: SpecPath, name: string, one: BlockSource, other: BlockSource): void {
    const places = [one, other].map(({ unit }) => placeOf(unit.source, ['blocks', name]));
    this.report(file.document, [
      {
        code: 'duplicate-block',
        path,
        at: path[0] === 'blocks' ? 'key' : 'value',
        message: `there are two blocks '${name}' here`,
        hint: 'rename one of them',
        notes: [`defined at ${places[0]}, and at ${places[1]}`],
      },
    ]);
  }

  private report(document: SpecDocument, faults: readonly Fault[]): void {
    this.diagnostics.push(...locateFaults(sourceOf(document), faults));
  }
}

/** From the folder of `file`; both, and the result, count from the spec's folder. */
function resolvePath(file: string, text: string): string | Omit<Fault, 'path' | 'at'> {
  const refuse = (what: string, hint: string): Omit<Fault, 'path' | 'at'> => ({
    code: 'include-outside',
    message: `'${text}' ${what}`,
    hint,
  });
  if (holdsExpression(text)) return refuse('is computed, and a path must be plain', 'write the path itself');
  if (/^(?:[\\/]|[A-Za-z][A-Za-z0-9+.-]*:)/.test(text)) {
    return refuse('is no path from the folder of this file', 'write one without a folder to start from');
  }
  if (text.includes('\\')) {
    return refuse('is no path from the folder of this file', `write ${text.replaceAll('\\', '/')}`);
  }
  const steps = file.split('/').slice(0, -1);
  for (const step of text.split('/')) {
    if (step === '..' && steps.length === 0) {
      return refuse('leads out of the folder of the spec', 'move the file into that folder, or the spec up');
    }
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + countValues(inner), 1);
}
