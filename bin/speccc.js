#!/usr/bin/env node
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) {
  process.stderr.write(`speccc needs Node 20 or later, and this is Node ${process.versions.node}\n`);
  process.exitCode = 3;
} else {
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
}
