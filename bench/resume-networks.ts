/**
 * Do the reference networks end with the same bytes after a kill? `npx tsx bench/resume-networks.ts NAME…` trains each
 * on the first few images of CIFAR-10, once in one go and once killed in the midst of an epoch and resumed, and
 * compares everything in the two run folders but `run.json`, which holds times. test/runtime/resume.test.ts does so
 * for small networks; this is for those that take minutes, AlexNet8 with its dropout where none is named.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileSpec } from '../src/compiler/index.js';
import { train } from '../src/runtime/index.js';
import { applyOverrides } from '../src/spec/apply-overrides.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '10' },
    'batch-size': { type: 'string', default: '4' },
    /** After which step the kill comes, counted from 1. */
    kill: { type: 'string', default: '4' },
    /** Set by this program itself for the processes that train. */
    folder: { type: 'string' },
  },
});

if (options.folder === undefined) await report();
else await trainIn(options.folder, positionals[0]!);

/** Two epochs, saved after every step, each of which is told to the parent. */
async function trainIn(folder: string, name: string): Promise<void> {
  const file = `specs/${name}.yaml`;
  const text = applyOverrides(await readFile(file, 'utf8'), file, [
    { path: 'training.batchSize', value: options['batch-size'] },
    { path: 'training.epochs', value: '2' },
  ]);
  await train({
    graph: compileSpec(text, file),
    folder,
    backend: 'wasm',
    limitTrain: Number(options.images),
    limitValidation: Number(options['batch-size']),
    saveEverySeconds: 0,
    onEvent: ({ type }) => {
      if (type === 'step') process.send!('step');
    },
  });
  process.disconnect();
}

async function report(): Promise<void> {
  const stepsPerEpoch = Math.ceil(Number(options.images) / Number(options['batch-size']));
  console.log(`2 epochs of ${stepsPerEpoch} steps, killed after step ${options.kill}\n`);
  for (const name of positionals.length === 0 ? ['alexnet8'] : positionals) {
    const root = await mkdtemp(join(tmpdir(), 'speccc-resume-'));
    try {
      const [whole, killed] = [join(root, 'whole'), join(root, 'killed')];
      await trainRun(name, whole);
      await trainRun(name, killed, Number(options.kill));
      await trainRun(name, killed);
      const different = await differentFiles(whole, killed);
      console.log(
        `${name}: ${different.length === 0 ? 'the same bytes' : `differs in ${different.join(', ')}`}`,
      );
      if (different.length > 0) process.exitCode = 1;
    } finally {
      await rm(root, { recursive: true });
    }
  }
}

async function trainRun(name: string, folder: string, killAfter?: number): Promise<void> {
  const child: ChildProcess = fork(import.meta.filename, [
    name,
    `--folder=${folder}`,
    `--images=${options.images}`,
    `--batch-size=${options['batch-size']}`,
  ]);
  let steps = 0;
  child.on('message', () => {
    steps += 1;
    if (steps === killAfter) child.kill('SIGKILL');
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...end) => resolve(end));
  });
  const wanted = killAfter === undefined ? code === 0 : signal === 'SIGKILL';
  if (!wanted) throw new Error(`the process for ${name} ended with ${signal ?? code}`);
}

async function differentFiles(first: string, second: string): Promise<readonly string[]> {
  const [names, others] = await Promise.all(
    [first, second].map((folder) => readdir(folder, { recursive: true })),
  );
  const all = [...new Set([...names!, ...others!])].filter((name) => /\.\w+$|SUMS$/.test(name)).sort();
  const different: string[] = [];
  for (const name of all.filter((each) => each !== 'run.json')) {
    const [a, b] = await Promise.all(
      [first, second].map((folder) => readFile(join(folder, name)).catch(() => undefined)),
    );
    if (a === undefined || b === undefined || !a.equals(b)) different.push(name);
  }
  return different;
}
