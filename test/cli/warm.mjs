/**
 * The command line in a process that is kept: a test pays for its command and not for the start of Node. Commands come
 * one after the other; each has its own folder and environment, and what it prints is collected.
 */
const { main } = await import(process.argv[2]);
const { stdout, stderr } = process;

process.on('message', async ({ args, cwd, env }) => {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  const printed = new Map([stdout, stderr].map((stream) => [stream, []]));
  for (const [stream, chunks] of printed) {
    stream.write = (data, ...rest) => {
      chunks.push(Buffer.from(data));
      rest.find((one) => typeof one === 'function')?.();
      return true;
    };
  }
  const code = await main(args);
  for (const stream of printed.keys()) delete stream.write;
  const text = (stream) => Buffer.concat(printed.get(stream)).toString();
  process.chdir('/');
  process.send({ code, signal: null, stdout: text(stdout), stderr: text(stderr) });
});
process.on('disconnect', () => process.exit());
process.send('ready');
