/** Run in a process of its own: checks files, draws what is wrong, and prints what that cost, a line each. */
import { checkSpec } from '../../src/compiler/index.js';
import { formatDiagnostics, SpecccError } from '../../src/diagnostics/index.js';
import { readSpecFile } from '../../src/spec/read-spec-file.js';

for (const path of process.argv.slice(2)) {
  // What the file before left behind is not this one's.
  globalThis.gc?.();
  const before = process.cpuUsage();
  const codes = await check(path);
  const { user, system } = process.cpuUsage(before);
  // Of this process alone, whatever else the machine does; the memory is the largest so far.
  const seconds = (user + system) / 1e6;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ codes, seconds, megabytes })}\n`);
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
