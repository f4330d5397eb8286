/** Several processes at one cache: real ones, of which some are killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cacheFile } from '../../../src/runtime/datasets/cifar10/cache.js';
import { loadCifar10, type World } from '../../../src/runtime/datasets/cifar10/cifar10.js';
import { type CompiledSources, compileSources } from '../support/compile-sources.js';
import { contentOf, type SmallWorld, serve, smallWorld, type TestServer } from './small-world.js';

type Event = Readonly<Record<string, unknown>>;

const fetcher = 'test/runtime/support/fetch-cifar10.ts';
let sources: CompiledSources;
let small: SmallWorld;
let server: TestServer;
let world: World;
let worldFile: string;
let cacheFolder: string;
let held: ServerResponse[] = [];
let children: ChildProcess[] = [];
let folders = 0;

const half = () => small.archiveBytes.length >> 1;

/** Sends half of the archive, and the rest when `finish` is called. */
beforeAll(async () => {
  [sources, small] = await Promise.all([compileSources(fetcher), smallWorld()]);
  server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': small.archiveBytes.length });
    response.write(small.archiveBytes.subarray(0, half()));
    held.push(response);
  });
  world = await small.world({ archive: server.address });
  worldFile = join(small.root, 'world.json');
  await writeFile(worldFile, JSON.stringify(world));
});
afterAll(async () => {
  await server.close();
  await Promise.all([sources.remove(), small.remove()]);
});
beforeEach(() => {
  cacheFolder = join(small.root, `cache-${folders++}`);
  server.requests.length = 0;
  held = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

const finish = () => held.forEach((response) => void response.end(small.archiveBytes.subarray(half())));

interface Fetcher {
  readonly child: ChildProcess;
  readonly events: Event[];
  /** Resolves when the process has told the phase, or anything with `key`. */
  told(phase: string): Promise<Event>;
  readonly exit: Promise<number | null>;
}

function fetchInChild(): Fetcher {
  const script = sources.file(fetcher);
  const child = spawn(process.execPath, [script, worldFile, cacheFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const events: Event[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    events.push(JSON.parse(line) as Event);
    for (const listener of listeners) listener();
  });
  return {
    child,
    events,
    told: (phase) =>
      new Promise((resolve) => {
        const look = () => {
          const event = events.find((candidate) => candidate.phase === phase);
          if (event !== undefined) resolve(event);
        };
        listeners.add(look);
        look();
      }),
    exit: new Promise((resolve) => child.on('close', resolve)),
  };
}

describe('two processes', () => {
  it('fetch once: the second waits, says so, and uses the cache', async () => {
    const first = fetchInChild();
    await first.told('download');
    const second = fetchInChild();
    expect(await second.told('wait')).toMatchObject({
      message: 'another process is fetching the same data: waiting for it',
    });
    finish();
    expect(await Promise.all([first.exit, second.exit])).toEqual([0, 0]);
    expect(first.events.at(-1)).toMatchObject({ fetched: true, origin: 'official archive' });
    expect(second.events.at(-1)).toMatchObject({ fetched: false, origin: 'cache' });
    expect(second.events.filter(({ phase }) => phase === 'wait')).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
    expect(await readdir(cacheFolder)).toEqual(['cifar10-v1.bin']);
  });

  it('the second stops waiting when it is told to', async () => {
    const first = fetchInChild();
    await first.told('download');
    const controller = new AbortController();
    const onProgress = ({ phase }: { phase: string }) => {
      if (phase === 'wait') controller.abort(new Error('stop'));
    };
    await expect(loadCifar10({ cacheFolder, signal: controller.signal, onProgress }, world)).rejects.toThrow(
      'stop',
    );
  });
});

describe('a process that is killed while it fetches', () => {
  it('leaves no cache file, and the next one takes over its lock and fetches', async () => {
    const first = fetchInChild();
    await first.told('download');
    first.child.kill('SIGKILL');
    await first.exit;
    const lock = `${cacheFile(cacheFolder)}.lock`;
    expect(await readdir(cacheFolder)).toEqual(['cifar10-v1.bin.lock']);

    // As if the time had passed after which a lock without a sign of life is given up.
    const longAgo = new Date(Date.now() - 11_000);
    await utimes(lock, longAgo, longAgo);
    const next = fetchInChild();
    await next.told('download');
    finish();
    expect(await next.exit).toBe(0);
    expect(await readdir(cacheFolder)).toEqual(['cifar10-v1.bin']);
    const dataset = await loadCifar10({ cacheFolder }, world);
    expect(contentOf(dataset).equals(small.expected)).toBe(true);
  });

  it.each([0, 10, 30, 60, 100])('at any instant (%i ms after the last byte) harms nothing', async (delay) => {
    const first = fetchInChild();
    await first.told('download');
    finish();
    await new Promise((resolve) => setTimeout(resolve, delay));
    first.child.kill('SIGKILL');
    await first.exit;
    const path = cacheFile(cacheFolder);
    const there = await stat(path).catch(() => undefined);
    if (there !== undefined) {
      expect((await readFile(path)).subarray(64).equals(small.expected)).toBe(true);
    }
    const longAgo = new Date(Date.now() - 11_000);
    await utimes(`${path}.lock`, longAgo, longAgo).catch(() => {});
    const offline = await small.world({});
    const dataset = await loadCifar10({ cacheFolder }, there === undefined ? await refetching() : offline);
    expect(contentOf(dataset).equals(small.expected)).toBe(true);
    expect((await readdir(cacheFolder)).filter((name) => !name.endsWith('.lock'))).toEqual([
      'cifar10-v1.bin',
    ]);
  });

  async function refetching(): Promise<World> {
    const whole = await serve((_, response) => response.end(small.archiveBytes));
    children.push({ kill: () => void whole.close() } as unknown as ChildProcess);
    return small.world({ archive: whole.address });
  }
});

describe('a process that is asked to end while it fetches', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s takes its lock away', async (signal) => {
    const first = fetchInChild();
    await first.told('download');
    first.child.kill(signal);
    await first.exit;
    expect(await readdir(cacheFolder)).toEqual([]);
  });
});
