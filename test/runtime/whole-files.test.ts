import { spawn, spawnSync } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  currentFolder,
  recoverFolder,
  writeFileWhole,
  writeFolderWhole,
} from '../../src/runtime/whole-files.js';
import { type CompiledSources, compileSources } from './support/compile-sources.js';

let root: string;
const writer = 'test/runtime/support/write-folders.ts';
let sources: CompiledSources;

beforeAll(async () => {
  sources = await compileSources(writer, 'src/runtime/whole-files.ts');
});
afterAll(() => sources.remove());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'speccc-whole-'));
  return () => rm(root, { recursive: true, force: true });
});

async function contents(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, i) => [name, texts[i]!]));
}

describe('writeFileWhole', () => {
  it('makes the folders on the way, replaces what was there, and leaves nothing else', async () => {
    const path = join(root, 'a/b/c.txt');
    await writeFileWhole(path, 'first');
    await writeFileWhole(path, new Uint8Array([111, 107]));
    expect(await contents(join(root, 'a/b'))).toEqual({ 'c.txt': 'ok' });
  });

  it('keeps the mode of a file and follows a link to it', async () => {
    await writeFile(join(root, 'real.txt'), 'old');
    await chmod(join(root, 'real.txt'), 0o640);
    await symlink('real.txt', join(root, 'link.txt'));
    await writeFileWhole(join(root, 'link.txt'), 'new');
    expect(await readFile(join(root, 'real.txt'), 'utf8')).toBe('new');
    expect((await stat(join(root, 'real.txt'))).mode & 0o777).toBe(0o640);
  });

  it('names the path and the reason where a part of the path is a file', async () => {
    await writeFile(join(root, 'file'), 'old');
    const path = join(root, 'file/history.csv');
    await expect(writeFileWhole(path, 'x')).rejects.toMatchObject({
      name: 'SpecccError',
      code: 'disk-write-failed',
      message: expect.stringContaining(`cannot write ${path}: a part of the path is a file`),
    });
    await expect(writeFolderWhole(path, { a: 'x' })).rejects.toMatchObject({ code: 'disk-write-failed' });
    expect(await contents(root)).toEqual({ file: 'old' });
  });

  it('refuses to write over a folder', async () => {
    await expect(writeFileWhole(root, 'x')).rejects.toMatchObject({
      code: 'disk-write-failed',
      message: expect.stringContaining('it is a folder'),
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'writes straight to a device, and reports it when it is full',
    async () => {
      await writeFileWhole('/dev/null', 'x');
      await expect(writeFileWhole('/dev/full', 'x')).rejects.toMatchObject({
        code: 'disk-write-failed',
        message: 'cannot write /dev/full: the disk is full (ENOSPC)',
        hints: [expect.stringContaining('free some space')],
      });
      expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
    },
  );
});

describe('writeFolderWhole', () => {
  it('replaces the whole folder', async () => {
    const folder = join(root, 'deep/last');
    await writeFolderWhole(folder, { a: '1', b: '2' });
    await writeFolderWhole(folder, { b: '3', c: '4' });
    expect(await contents(folder)).toEqual({ b: '3', c: '4' });
    expect(await readdir(join(root, 'deep'))).toEqual(['last']);
  });

  it('finds and recovers the old folder after a stop between the two renames', async () => {
    const folder = join(root, 'last');
    await writeFolderWhole(folder, { a: 'old' });
    await rename(folder, `${folder}.previous`);
    await mkdir(join(root, 'last.1-1.speccc-tmp'));
    expect(await currentFolder(folder)).toBe(`${folder}.previous`);
    await recoverFolder(folder);
    expect(await readdir(root)).toEqual(['last']);
    expect(await contents(folder)).toEqual({ a: 'old' });
  });

  it('keeps the new folder after a stop before the old one was removed', async () => {
    const folder = join(root, 'last');
    await writeFolderWhole(folder, { a: 'new' });
    await writeFolderWhole(`${folder}.previous`, { a: 'old' });
    expect(await currentFolder(folder)).toBe(folder);
    await recoverFolder(folder);
    expect(await readdir(root)).toEqual(['last']);
    expect(await contents(folder)).toEqual({ a: 'new' });
  });

  it('finds nothing where nothing was written', async () => {
    expect(await currentFolder(join(root, 'last'))).toBeUndefined();
    await recoverFolder(join(root, 'last'));
    expect(await readdir(root)).toEqual([]);
  });

  it('leaves a complete folder and file however it is killed', async () => {
    const folder = join(root, 'last');
    const file = join(root, 'history.csv');
    let delay = 1;
    for (let kill = 0; kill < 12; kill += 1) {
      const child = spawn(process.execPath, [sources.file(writer), folder, file]);
      await new Promise((started) => child.stdout.once('data', started));
      // Spread over the two or three milliseconds that one replacement takes.
      delay = (delay * 7.31) % 9;
      await new Promise((wait) => setTimeout(wait, delay));
      child.kill('SIGKILL');
      await new Promise((ended) => child.once('close', ended));

      const found = await currentFolder(folder);
      const { 'a.txt': a, 'b.bin': b, 'c.txt': c, ...others } = await contents(found!);
      expect(others).toEqual({});
      expect(a!.split('\n')).toHaveLength(2001);
      expect([b, c]).toEqual([a, a]);
      const [version, ...rest] = (await readFile(file, 'utf8')).trimEnd().split('\n');
      expect(rest).toEqual(Array.from({ length: 1999 }, () => version));
    }
    await recoverFolder(folder);
    expect((await readdir(root)).filter((name) => name.startsWith('last'))).toEqual(['last']);
  });
});

const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt']).status === 0;

describe.skipIf(!canMount)('on a real full or read-only disk (needs unshare)', () => {
  /** Runs a module body with a 64 kB disk at `disk`, then says what was thrown and what is on the disk. */
  function onSmallDisk(body: string, remount = 'true') {
    const disk = join(root, 'disk');
    const script = `
      import { readdir, readFile } from 'node:fs/promises';
      import { writeFileWhole, writeFolderWhole } from ${JSON.stringify(sources.file('src/runtime/whole-files.ts'))};
      const disk = ${JSON.stringify(disk)};
      const attempt = async (write) => write().then(() => 'written', (e) => e.code + ': ' + e.message);
      ${body}
    `;
    const prepare = `mkdir -p ${disk}/last && echo -n old > ${disk}/last/a && echo -n old > ${disk}/file`;
    const command = `mkdir -p ${disk} && mount -t tmpfs -o size=64k tmpfs ${disk} && ${prepare} && ${remount} && exec "$0" --input-type=module -e "$1"`;
    const run = spawnSync('unshare', ['-rm', 'sh', '-c', command, process.execPath, script], {
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    return { disk, ...(JSON.parse(run.stdout) as { thrown: string[]; names: string[]; old: string[] }) };
  }
  const body = `
    const large = new Uint8Array(100_000);
    const thrown = [
      await attempt(() => writeFileWhole(disk + '/file', large)),
      await attempt(() => writeFolderWhole(disk + '/last', { a: 'new', b: large })),
    ];
    const old = [await readFile(disk + '/file', 'utf8'), await readFile(disk + '/last/a', 'utf8')];
    console.log(JSON.stringify({ thrown, old, names: (await readdir(disk)).sort() }));
  `;

  it('says that the disk is full, with the old content intact and no leftovers', () => {
    const { disk, thrown, old, names } = onSmallDisk(body);
    expect(thrown).toEqual([
      `disk-write-failed: cannot write ${disk}/file: the disk is full (ENOSPC)`,
      `disk-write-failed: cannot write ${disk}/last: the disk is full (ENOSPC)`,
    ]);
    expect(old).toEqual(['old', 'old']);
    expect(names).toEqual(['file', 'last']);
  });

  it('says that the disk is read-only', () => {
    const { disk, thrown, old } = onSmallDisk(body, `mount -o remount,ro ${join(root, 'disk')}`);
    expect(thrown).toEqual([
      `disk-write-failed: cannot write ${disk}/file: the disk is read-only (EROFS)`,
      `disk-write-failed: cannot write ${disk}/last: the disk is read-only (EROFS)`,
    ]);
    expect(old).toEqual(['old', 'old']);
  });
});
