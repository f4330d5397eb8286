/**
 * One process trains in a run folder at a time. The lock lies beside the folder, not in it, so that the folder
 * can be moved aside under it. It is kept fresh by its holder and goes stale by itself; a note of who holds it
 * makes the lock of a process that was killed on this machine free at once.
 */
import { mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type lockfile from 'proper-lockfile';
import { SpecccError } from '../../diagnostics/index.js';
import { diskError, writeFileWhole } from '../whole-files.js';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Of the process, in the system's own units, where it says: a process id may be used again. */
  readonly processStart: string | null;
}

export interface RunLock {
  /** False once another process has taken the lock, as after a long sleep of the machine. */
  held(): boolean;
  release(): Promise<void>;
}

const staleMilliseconds = 30_000;

/** @throws SpecccError 'run-locked', 'disk-write-failed' */
export async function lockRun(folder: string): Promise<RunLock> {
  const { default: locks } = (await import('proper-lockfile')) as { default: typeof lockfile };
  const lock = `${resolve(folder)}.lock`;
  const note = `${lock}.json`;
  let held = true;
  const made = await mkdir(dirname(lock), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw diskError(dirname(lock), error);
  });
  const acquire = () =>
    locks.lock(resolve(folder), {
      lockfilePath: lock,
      stale: staleMilliseconds,
      realpath: false,
      onCompromised: () => {
        held = false;
      },
    });
  const unlock = await acquire().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ELOCKED') throw diskError(lock, error);
    const owner = await readOwner(note);
    if (owner === undefined || (await isAlive(owner))) throw lockedBy(folder, owner);
    // The note goes first: while there is none, nobody else takes the lock for a dead one's.
    await rm(note, { force: true });
    await rmdir(lock).catch(() => {});
    return acquire().catch(async () => {
      throw lockedBy(folder, await readOwner(note));
    });
  });
  await writeFileWhole(note, JSON.stringify(await thisProcess())).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
  return {
    held: () => held,
    release: async () => {
      if (!held) return;
      held = false;
      await rm(note, { force: true });
      await unlock().catch(() => {});
      if (made !== undefined) await removeEmpty(dirname(lock), made);
    },
  };
}

/** A run that was stopped before it wrote anything leaves no folders: those from `folder` up to `top` go, while empty. */
async function removeEmpty(folder: string, top: string): Promise<void> {
  const removed = await rmdir(folder).then(
    () => true,
    () => false,
  );
  if (removed && folder !== top) await removeEmpty(dirname(folder), top);
}

function lockedBy(folder: string, owner: Owner | undefined): SpecccError {
  const who =
    owner === undefined
      ? 'another process'
      : `process ${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`}`;
  return new SpecccError('run-locked', `${who} is training in ${folder}`, {
    hints: ['wait until it has finished, or stop it with Ctrl-C', 'choose another folder with --out'],
  });
}

async function readOwner(note: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(note, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

async function thisProcess(): Promise<Owner> {
  return { pid: process.pid, host: hostname(), processStart: await processStart(process.pid) };
}

async function isAlive({ pid, host, processStart: start }: Owner): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await processStart(pid);
  return start === null || now === null || start === now;
}

/** Field 22 of /proc/PID/stat (proc(5)): the fields after the command's closing parenthesis start at 3. */
async function processStart(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
