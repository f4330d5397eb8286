/** Specs with many faults each, beside the text that people get to read for them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSpec } from '../../src/compiler/index.js';
import { formatDiagnostics } from '../../src/diagnostics/index.js';

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('bad specs', () => {
  test.each(files)('%s', (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const { graph, diagnostics } = checkSpec(text, file);
    expect(graph).toBeUndefined();
    const wanted = readFileSync(join(folder, file.replace('.yaml', '.txt')), 'utf8');
    expect(`${formatDiagnostics(diagnostics, text)}\n`).toBe(wanted);
  });

  test('at least three have more than ten faults', () => {
    const counts = files.map(
      (file) => checkSpec(readFileSync(join(folder, file), 'utf8'), file).diagnostics.length,
    );
    expect(counts.filter((count) => count > 10).length).toBeGreaterThanOrEqual(3);
  });
});
