import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { importModel } from '../../src/compiler/import/index.js';
import { SpecccError } from '../../src/diagnostics/index.js';
import { readSavedModel } from '../../src/runtime/read-saved-model.js';

const folder = mkdtempSync(join(tmpdir(), 'speccc-saved-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As Keras 3.15 saves it. */
const archive = join(import.meta.dirname, '../fixtures/topologies/tiny.keras');

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function failure(path: string): Promise<SpecccError> {
  const error = await readSavedModel(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SpecccError);
  expect((error as SpecccError).code).toBe('model-unreadable');
  return error as SpecccError;
}

/** An archive with one file, deflated, as zip has it. */
function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.write('PK\u0003\u0004', 'latin1');
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.write('PK\u0001\u0002', 'latin1');
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(crc32(content), 16);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(content.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

describe('readSavedModel', () => {
  test('reads text, with the name that it was called by', async () => {
    const path = put('a.json', '{"a": "ä"}');
    expect(await readSavedModel(path)).toEqual({ text: '{"a": "ä"}', file: path });
  });

  test('reads the model.json of a folder', async () => {
    mkdirSync(join(folder, 'saved'));
    writeFileSync(join(folder, 'saved/model.json'), '{}');
    expect(await readSavedModel(join(folder, 'saved'))).toEqual({
      text: '{}',
      file: join(folder, 'saved/model.json'),
    });
  });

  test('reads a .keras file of Keras itself, whatever its name', async () => {
    const { text, file } = await readSavedModel(archive);
    expect(file).toBe(`${archive}/config.json`);
    const { model } = importModel(text, file);
    expect(model!.graph.nodes.map(({ name }) => name)).toEqual(['hidden', 'out']);
    const copy = join(folder, 'copy.zip');
    copyFileSync(archive, copy);
    expect((await readSavedModel(copy)).text).toBe(text);
  });

  test('reads a deflated config', async () => {
    const path = put('deflated.keras', zipOf('config.json', Buffer.from('{"b": 1}')));
    expect((await readSavedModel(path)).text).toBe('{"b": 1}');
  });

  test.each<[string, () => string, RegExp]>([
    ['what is not there', () => join(folder, 'none.json'), /none\.json does not exist/],
    ['a folder without a model', () => folder, /model\.json does not exist/],
    ['HDF5', () => put('a.h5', Buffer.from('\u0089HDF\r\n\u001a\n', 'latin1')), /is an HDF5 file/],
    ['bytes', () => put('a.bin', Buffer.from([0x7b, 0xff, 0xfe])), /is not text in UTF-8/],
    [
      'another archive',
      () => put('a.zip', zipOf('other.txt', Buffer.from('x'))),
      /is an archive without config\.json/,
    ],
    [
      'an archive that is cut',
      () => put('cut.keras', readFileSync(archive).subarray(0, 300)),
      /is a damaged archive/,
    ],
    [
      'an archive with a changed config',
      () => {
        const bytes = readFileSync(archive);
        const at = bytes.indexOf('"hidden"');
        bytes[at + 1] = 0x48;
        return put('changed.keras', bytes);
      },
      /is a damaged archive/,
    ],
    [
      'an archive that says it is endless',
      () => {
        const bytes = zipOf('config.json', Buffer.from('{}'));
        bytes.writeUInt32LE(0xffffffff, bytes.length - 22 - 'config.json'.length - 46 + 24);
        return put('bomb.keras', bytes);
      },
      /config\.json of 4294967295 bytes/,
    ],
  ])('%s: says so', async (_title, make, message) => {
    expect((await failure(make())).message).toMatch(message);
  });

  test('whatever a byte of an archive becomes, it is refused or read whole', async () => {
    const bytes = readFileSync(archive);
    const { text } = await readSavedModel(archive);
    let state = 1;
    const random = (below: number) => {
      state = (state * 48271) % 2147483647;
      return state % below;
    };
    for (let run = 0; run < 300; run++) {
      const changed = Buffer.from(bytes);
      changed[random(changed.length)] = random(256);
      const path = put('random.keras', changed);
      const read = await readSavedModel(path).catch((error: unknown) => error);
      if (read instanceof SpecccError) expect(read.code).toMatch(/^model-unreadable$/);
      else if ((read as { text: string }).text !== text)
        expect(changed.subarray(0, 4)).not.toEqual(bytes.subarray(0, 4));
    }
  });
});
