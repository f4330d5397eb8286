import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SpecccError } from '../../src/diagnostics/index.js';
import { readSpecFile } from '../../src/spec/read-spec-file.js';

const folder = mkdtempSync(join(tmpdir(), 'speccc-read-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

async function refusal(path: string): Promise<SpecccError> {
  const error: unknown = await readSpecFile(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SpecccError);
  return error as SpecccError;
}

describe('readSpecFile', () => {
  test('gives the text and the name that was given', async () => {
    writeFileSync(at('lenet5.yaml'), 'name: lenet5 # 文\n');
    expect(await readSpecFile(at('lenet5.yaml'))).toEqual({
      text: 'name: lenet5 # 文\n',
      file: at('lenet5.yaml'),
    });
    symlinkSync(at('lenet5.yaml'), at('link.yaml'));
    expect((await readSpecFile(at('link.yaml'))).text).toBe('name: lenet5 # 文\n');
  });

  test('an empty file is a text', async () => {
    writeFileSync(at('empty.yaml'), '');
    expect((await readSpecFile(at('empty.yaml'))).text).toBe('');
  });

  test('a byte-order mark is no part of the text', async () => {
    writeFileSync(at('bom.yaml'), '\ufeffname: x\n');
    expect((await readSpecFile(at('bom.yaml'))).text).toBe('name: x\n');
  });

  test.each([
    ['lenet6.yaml', 'did you mean', 'lenet5.yaml'],
    ['lenet5', 'did you mean', 'lenet5.yaml'],
    ['lenet5.yml', 'did you mean', 'lenet5.yaml'],
    ['something.yaml', 'specs there: ', 'lenet5.yaml'],
  ])('a missing file: %s', async (name, hint, file) => {
    writeFileSync(at('lenet5.yaml'), 'name: lenet5\n');
    const { code, message, hints } = await refusal(at(name));
    expect([code, message]).toEqual(['spec-not-found', `there is no file ${at(name)}`]);
    expect(hints[0]).toContain(hint);
    expect(hints[0]).toContain(at(file));
  });

  test('a missing folder, and one without specs', async () => {
    expect((await refusal(at('nowhere/x.yaml'))).hints).toEqual([
      `there is no folder ${at('nowhere')} either`,
    ]);
    mkdirSync(at('bare'));
    expect((await refusal(at('bare/x.yaml'))).hints).toEqual(['`speccc init` writes a spec to start from']);
    expect((await refusal(at('lenet5.yaml/x.yaml'))).code).toBe('spec-not-found');
  });

  test('paths that no file can have', async () => {
    expect((await refusal('')).code).toBe('spec-not-found');
    expect((await refusal('a\0b')).code).toBe('spec-not-found');
    expect((await refusal(at('x'.repeat(5000)))).code).toBe('spec-unreadable');
  });

  test('a folder, a pipe and a device', async () => {
    const { code, message } = await refusal(folder);
    expect([code, message]).toEqual(['spec-not-a-file', `${folder} is a folder, not a spec`]);
    execFileSync('mkfifo', [at('pipe')]);
    expect((await refusal(at('pipe'))).message).toBe(`${at('pipe')} is a device or a pipe, not a spec`);
    expect((await refusal('/dev/zero')).code).toBe('spec-not-a-file');
  });

  test('a circle of links', async () => {
    symlinkSync(at('b.yaml'), at('a.yaml'));
    symlinkSync(at('a.yaml'), at('b.yaml'));
    expect((await refusal(at('a.yaml'))).message).toBe(
      `cannot read ${at('a.yaml')}: its symbolic links form a circle`,
    );
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    writeFileSync(at('secret.yaml'), 'name: x\n');
    chmodSync(at('secret.yaml'), 0);
    expect((await refusal(at('secret.yaml'))).message).toBe(
      `cannot read ${at('secret.yaml')}: permission denied`,
    );
  });

  test.each([
    [
      'a picture',
      Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
      'is not text: byte 8 of it is zero',
    ],
    ['Latin-1', Buffer.from('name: caf\xe9\n', 'latin1'), 'is not text in UTF-8'],
    ['UTF-16', Buffer.from('\ufeffname: x\n', 'utf16le'), 'is text in UTF-16, and a spec is text in UTF-8'],
  ])('%s', async (name, bytes, wanted) => {
    writeFileSync(at(name), bytes);
    const { code, message } = await refusal(at(name));
    expect([code, message]).toEqual(['spec-not-text', `${at(name)} ${wanted}`]);
  });

  test('a file beyond the limit', async () => {
    writeFileSync(at('large.yaml'), '#'.repeat(1024 * 1024 + 1));
    const { code, message } = await refusal(at('large.yaml'));
    expect([code, message]).toEqual([
      'spec-too-large',
      `${at('large.yaml')} is larger than a spec may be: 1048577 bytes, and the limit is 1048576`,
    ]);
    writeFileSync(at('largest.yaml'), '#'.repeat(1024 * 1024));
    expect((await readSpecFile(at('largest.yaml'))).text.length).toBe(1024 * 1024);
  });
});
