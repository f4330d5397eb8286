/** `speccc data`: the data sets in the cache. */
import { Argument } from 'commander';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { showDataProgress } from '../data-display.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatBytes } from '../format.js';
import { openLiveLine } from '../live-line.js';

interface Options {
  readonly data?: string;
  readonly json?: true;
}

export function addData(program: CommandLine, context: CommandContext): void {
  const data = program
    .command('data')
    .summary('fetch data sets')
    .description('Data sets and their cache.')
    .helpCommand(false);
  data
    .command('fetch')
    .summary('put a data set into the cache')
    .description(
      'Fetches a data set, checks it against its published digests, and keeps it in the cache, so that training starts at once and without a network. Where it is there already, it is checked.',
    )
    .addArgument(new Argument('<dataset>', 'which data set').choices(['cifar10']))
    .option('--data <path>', 'take it from this folder or archive instead of the network')
    .option('--json', 'print one JSON object an event and line')
    .examples([
      { command: 'speccc data fetch cifar10', what: 'from the network' },
      { command: 'speccc data fetch cifar10 --data ~/cifar-10-binary.tar.gz', what: 'without a network' },
    ])
    .action(context.action((_: string, options: Options) => fetchData(options, context)));
}

async function fetchData({ data, json }: Options, context: CommandContext): Promise<ExitCode> {
  const { fetchCifar10 } = await import('../../runtime/datasets/index.js');
  const { out } = context.terminal;
  const live = openLiveLine(out);
  const draw = showDataProgress(out, live);
  try {
    const fetched = await fetchCifar10({
      folder: data,
      signal: context.interruptible(),
      onProgress: (progress) => {
        if (json) out.line(JSON.stringify({ type: 'data', ...progress }));
        else draw(progress);
      },
    });
    if (json) {
      out.line(JSON.stringify({ type: 'end', ...fetched }));
      return exitCodes.fine;
    }
    const what = fetched.fetched ? `fetched (${fetched.origin})` : 'in the cache already, and whole';
    live.settle(`${out.colors.green('ok')}  ${fetched.dataset}  ${what}, ${formatBytes(fetched.bytes)}`);
    out.line(`  ${fetched.path}`);
    return exitCodes.fine;
  } finally {
    live.close();
  }
}
