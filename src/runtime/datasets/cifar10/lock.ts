/** One process fetches, the others wait: a lock beside the cache file. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataTask } from '../progress.js';

/** Milliseconds without a sign of life after which a lock is taken over: its owner was killed. */
const stale = 10_000;
const tryEvery = 200;

export interface HeldLock {
  /** Whether another process held it before. */
  readonly waited: boolean;
  release(): Promise<void>;
}

/**
 * Makes the folder of `path` and takes the lock `PATH.lock`, waiting for as long as another process shows that
 * it is alive.
 *
 * @throws the system's error where the folder cannot be written to.
 */
export async function acquireLock(path: string, task: DataTask): Promise<HeldLock> {
  await mkdir(dirname(path), { recursive: true });
  // Not before it is needed: it listens to the signals of the process from then on.
  const { lock } = await import('proper-lockfile');
  for (let waited = false; ; waited = true) {
    task.signal?.throwIfAborted();
    try {
      const release = await lock(path, {
        realpath: false,
        stale,
        // The cache file is written whole, so two writers at once would do no harm.
        onCompromised: () => {},
      });
      return { waited, release: () => release().catch(() => {}) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (!waited) {
        task.onProgress?.({
          phase: 'wait',
          source: 'cache',
          message: 'another process is fetching the same data: waiting for it',
        });
      }
      await sleep(tryEvery, undefined, { signal: task.signal ?? undefined }).catch(() => {});
    }
  }
}
