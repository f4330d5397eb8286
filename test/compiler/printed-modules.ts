/** Printed text, taken up by the real tools: TypeScript's checker and parser, and a module that runs it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import ts from 'typescript';
import { expect } from 'vitest';
import type { Tf } from '../../src/runtime/backend.js';

/** The strictest settings that a project which takes a printed file may have. */
const strictest: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
};

/** Files of the libraries, which are most of what there is to parse. All have the same options. */
const libraries = new Map<string, ts.SourceFile | undefined>();

function parsedOnce(file: string, parse: () => ts.SourceFile | undefined): ts.SourceFile | undefined {
  if (!libraries.has(file)) libraries.set(file, parse());
  return libraries.get(file);
}

/** Where files that exist in memory only seem to be. */
const folder = join(import.meta.dirname, 'printed');

/**
 * What the TypeScript compiler makes of files that exist in memory only, by name without `.ts`. Libraries are a
 * browser's where none are named (`lib.es2022.d.ts`).
 */
export function programOf(files: ReadonlyMap<string, string>, lib?: readonly string[]): ts.Program {
  const texts = new Map([...files].map(([name, text]) => [join(folder, `${name}.ts`), text]));
  const options = lib === undefined ? strictest : { ...strictest, lib: [...lib] };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => texts.has(file) || disk.fileExists(file),
    directoryExists: (path) => path === folder || ts.sys.directoryExists(path),
    readFile: (file) => texts.get(file) ?? disk.readFile(file),
    getSourceFile(file, version, ...others) {
      const text = texts.get(file);
      return text === undefined
        ? parsedOnce(file, () => disk.getSourceFile(file, version, ...others))
        : ts.createSourceFile(file, text, version);
    },
  };
  return ts.createProgram([...texts.keys()], options, host);
}

/** All complaints of the TypeScript compiler about such files. */
export function typeErrors(files: ReadonlyMap<string, string>, lib?: readonly string[]): string[] {
  return ts.getPreEmitDiagnostics(programOf(files, lib)).map(({ file, start = 0, messageText }) => {
    const name = file?.fileName.slice(folder.length + 1);
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
    return `${name}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

export interface PrintedModule {
  readonly inputShape?: readonly number[];
  readonly classNames?: readonly string[];
  readonly create: () => ReturnType<Tf['model']>;
  readonly compile?: (model: ReturnType<Tf['model']>) => void;
}

/** Strips the types and runs the printed module. It may ask for tfjs and for `modules`, and for nothing else. */
export async function runPrinted(
  text: string,
  tf: Tf,
  modules: Readonly<Record<string, object>> = {},
): Promise<PrintedModule> {
  const exported = await runModule(text, tf, modules);
  const named = (prefix: string) =>
    Object.entries(exported).find(([name]) => name.startsWith(prefix))?.[1] as never;
  return { ...exported, create: named('create'), compile: named('compile') };
}

/** What a module exports. */
export async function runModule(
  text: string,
  tf: Tf,
  modules: Readonly<Record<string, object>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { code } = await transform(text, { loader: 'ts', format: 'cjs', target: 'es2022' });
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const require = (name: string) => {
    const found = name === '@tensorflow/tfjs' ? tf : modules[name];
    if (found === undefined) throw new Error(`the module asks for '${name}'`);
    return found;
  };
  new Function('module', 'require', code)(module, require);
  return module.exports;
}

export function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('printed.ts', text, ts.ScriptTarget.ES2022, true);
}

/** The kinds of all nodes of a file, in the order of the text: what is left of it without names and values. */
export function nodeKinds(file: ts.SourceFile): string[] {
  const kinds: string[] = [];
  const visit = (node: ts.Node) => {
    kinds.push(ts.SyntaxKind[node.kind]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return kinds;
}

/** The values of all string literals of a file. */
export function stringLiterals(file: ts.SourceFile): string[] {
  const values: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteral(node)) values.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return values;
}

/** What a comment can make a compiler or bundler do, and syntax errors. */
export function instructions(file: ts.SourceFile): unknown[] {
  const hidden = file as ts.SourceFile & {
    readonly parseDiagnostics: readonly unknown[];
    readonly commentDirectives?: readonly unknown[];
    readonly checkJsDirective?: unknown;
    readonly pragmas: ReadonlyMap<string, unknown>;
  };
  return [
    ...hidden.parseDiagnostics,
    ...(hidden.commentDirectives ?? []),
    ...(hidden.checkJsDirective === undefined ? [] : [hidden.checkJsDirective]),
    ...hidden.pragmas.keys(),
    ...file.referencedFiles,
    ...(/^\s*\/\/[#@]/m.exec(file.text) ?? []),
  ];
}

/** A formatter set to 110 columns and single quotes leaves the files, given by names without `.ts`, as they are. */
export async function expectFormatted(files: ReadonlyMap<string, string>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'speccc-printed-'));
  try {
    const settings = {
      formatter: { indentStyle: 'space', indentWidth: 2, lineWidth: 110 },
      javascript: { formatter: { quoteStyle: 'single' } },
    };
    await writeFile(join(folder, 'biome.json'), JSON.stringify(settings));
    await mkdir(join(folder, 'printed'));
    await Promise.all(
      [...files].map(([name, text]) => writeFile(join(folder, 'printed', `${name}.ts`), text)),
    );
    const biome = join(import.meta.dirname, '../../node_modules/@biomejs/biome/bin/biome');
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [biome, 'format', '--max-diagnostics=3', 'printed'],
      { cwd: folder },
    ).catch((error: { stdout: string; stderr: string }) => error);
    const report = stdout + stderr;
    expect(report).toContain(`Checked ${files.size} file`);
    expect(report).toContain('No fixes applied');
    expect(report).not.toContain('Found');
  } finally {
    await rm(folder, { recursive: true });
  }
}
