/** Specs with many faults each, beside the text that people get to read for them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSpec } from '../../src/compiler/index.js';
import { formatDiagnostics } from '../../src/diagnostics/index.js';
import { specFolder } from '../../src/spec/index.js';

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** With the files that it names, in the folder `common`. */
const check = (file: string) =>
  checkSpec(readFileSync(join(folder, file), 'utf8'), file, { readFile: specFolder(join(folder, file)) });

describe('bad specs', () => {
  test.each(files)('%s', (file) => {
    const { graph, diagnostics, sources } = check(file);
    expect(graph).toBeUndefined();
    const wanted = readFileSync(join(folder, file.replace('.yaml', '.txt')), 'utf8');
    const drawn = formatDiagnostics(diagnostics, sources).replaceAll(`${folder}/`, '');
    expect(`${drawn}\n`).toBe(wanted);
  });

  test('at least three have more than ten faults', () => {
    const counts = files.map((file) => check(file).diagnostics.length);
    expect(counts.filter((count) => count > 10).length).toBeGreaterThanOrEqual(3);
  });
});
