/**
 * Libraries of Python in an environment of their own, made once in the cache folder, from whatever registry the user's
 * pip is configured for.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchError } from './bench-error.js';

const run = promisify(execFile);

export interface PythonLibraries {
  /** As messages call them. */
  readonly title: string;
  readonly names: string;
  /** A file as pip reads it. */
  readonly requirements: string;
}

const peerLibraries: PythonLibraries = {
  title: 'the peers',
  names: 'PyTorch, JAX and Keras',
  requirements: join(import.meta.dirname, 'python', 'requirements.txt'),
};

/** That the libraries take. */
const oldestPython = [3, 11] as const;

/**
 * Returns the path of the environment's Python.
 *
 * @throws BenchError where there is no Python that will do, or pip cannot install the libraries.
 */
export async function preparePython(
  python: string,
  folder: string,
  note: (text: string) => void,
  { title, names, requirements }: PythonLibraries = peerLibraries,
): Promise<string> {
  const version = await versionOf(python, title);
  const key = createHash('sha256')
    .update(version)
    .update(await readFile(requirements));
  const environment = join(folder, `python-${key.digest('hex').slice(0, 8)}`);
  const program = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const complete = join(environment, 'complete');
  if (existsSync(complete)) return program;

  note(`installing ${names} into ${environment}: this once, for some minutes`);
  await rm(environment, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run(python, ['-m', 'venv', environment]).catch(() => {
    throw new BenchError(
      `${python} cannot make an environment: install its module venv (on Debian: apt-get install python3-venv)`,
    );
  });
  await run(program, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]).catch((error) => {
    throw new BenchError(`pip cannot install ${names}: ${lastLine(error.stderr)}`);
  });
  await writeFile(complete, '');
  return program;
}

/** `3.11.7` */
async function versionOf(python: string, title: string): Promise<string> {
  const wanted = `Python ${oldestPython.join('.')} or later`;
  const { stdout } = await run(python, ['-c', 'import platform; print(platform.python_version())']).catch(
    () => {
      throw new BenchError(
        `${title} need Python, and '${python}' does not run: install ${wanted}, or name one with --python`,
      );
    },
  );
  const version = stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === oldestPython[0] && minor >= oldestPython[1]) return version;
  throw new BenchError(`${title} need ${wanted}, and '${python}' is ${version}: name another with --python`);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
