/**
 * Trains the network of a file until it ends or is killed: `node train-run.js SPEC FOLDER SAVE_EVERY_SECONDS ENGINE [DIE_AT]`.
 * Prints a line a step and `done` at the end. With DIE_AT it kills itself right before its so-manieth change of the
 * file system, so that a test can stop it between any two writes.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [spec, folder, saveEverySeconds, engine, dieAt] = process.argv.slice(2) as [
  ...[string, string, string, 'tfjs' | 'compiled'],
  string?,
];
const text = await fs.readFile(spec, 'utf8');

if (dieAt !== undefined) {
  let changes = 0;
  const table = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of ['open', 'rename', 'mkdir', 'rm']) {
    const original = table[name]!;
    table[name] = (...args) => {
      changes += 1;
      if (changes === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
      return original(...args);
    };
  }
  syncBuiltinESMExports();
}

const { compileSpec } = await import('../../../src/compiler/index.js');
const { train } = await import('../../../src/runtime/trainer.js');

await train({
  graph: compileSpec(text, spec),
  folder,
  engine,
  ...(engine === 'tfjs' ? { backend: 'wasm' } : { threads: 2 }),
  saveEverySeconds: Number(saveEverySeconds),
  command: 'test',
  onEvent: (event) => {
    if (event.type === 'step') process.stdout.write(`step ${event.epoch} ${event.step}\n`);
  },
});
process.stdout.write('done\n');
