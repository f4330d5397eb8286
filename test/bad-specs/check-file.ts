/**
 * Run in a process of its own, `node check-file.js ENOUGH FILE…`: checks files, draws what is wrong, and prints what that
 * cost, a line each. What costs less than ENOUGH is measured once. The unit of time is what the `yaml` package alone
 * takes, in this process, to read an ordinary text of the most layers that a spec may have: how fast the machine is
 * does not count.
 */
import { parseDocument } from 'yaml';
import { checkSpec } from '../../src/compiler/index.js';
import { formatDiagnostics, SpecccError } from '../../src/diagnostics/index.js';
import { limits } from '../../src/spec/limits.js';
import { readSpecFile } from '../../src/spec/read-spec-file.js';

/** Seconds of processors that this process alone took, whatever else the machine does. */
async function secondsOf(work: () => unknown): Promise<number> {
  // What was done before is not this one's to clear away. Clearing takes a while itself, so only where there is much.
  if (process.memoryUsage().heapUsed > 150e6) globalThis.gc?.();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const ordinary = Array.from(
  { length: limits.layers },
  (_, i) => `  - { type: dense, units: 10, name: layer_${i} }\n`,
);
const readOrdinary = () => parseDocument(`name: ordinary\ninput: [8]\nlayers:\n${ordinary.join('')}`);
const firstUnit = await secondsOf(readOrdinary);

const [enough, ...paths] = process.argv.slice(2);
for (const path of paths) {
  let codes: readonly string[] = [];
  const read = () =>
    secondsOf(async () => {
      codes = await check(path);
    });
  let seconds = await read();
  let time = seconds / firstUnit;
  // A processor that others use too counts more seconds for the same work: then both are measured again.
  let unit = Number.POSITIVE_INFINITY;
  for (let tries = 0; time >= Number(enough) && tries < 5; tries++) {
    seconds = Math.min(seconds, await read());
    unit = Math.min(unit, await secondsOf(readOrdinary));
    time = seconds / unit;
  }
  // The memory is the largest so far.
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ codes, time, megabytes })}\n`);
}

async function check(path: string): Promise<readonly string[]> {
  try {
    const { text, file } = await readSpecFile(path);
    const { diagnostics } = checkSpec(text, file);
    formatDiagnostics(diagnostics, text);
    return [...new Set(diagnostics.map(({ code }) => code))];
  } catch (error) {
    if (error instanceof SpecccError) return [error.code];
    throw error;
  }
}
