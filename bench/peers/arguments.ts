/** What `npm run bench:peers` is asked for. */
import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.js';
import { type Contestant, listContestants, peerTitles } from './contestants.js';
import { ourEngines } from './our-engines.js';

export interface BenchRequest {
  readonly help: boolean;
  readonly tasks: readonly Task[];
  readonly contestants: readonly Contestant[];
  /** How often each contestant is measured. */
  readonly rounds: number;
  /** How long one measurement takes, about. */
  readonly seconds: number;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** The Python that the environment of the peers is made with. */
  readonly python: string;
}

/** What all contestants do, side by side. */
export interface Task {
  /** The name of one of our specs. */
  readonly network: string;
  readonly batchSize: number;
}

/** The networks, and the sizes of batches that each is measured at. */
const networks: Readonly<Record<string, readonly number[]>> = {
  lenet5: [32, 128, 512],
  alexnet8: [32],
  vgg16: [32],
  inception10: [32],
  resnet18: [32],
};

const names = (of: Readonly<Record<string, unknown>>) => Object.keys(of).join(',');

export const usage = `npm run bench:peers -- [options]

Whole training steps on CIFAR-10 of PyTorch, JAX, Keras and speccc's engines, measured in turns.

  --networks LIST  ${names(networks)}
  --batches LIST   images in a batch (${networks.lenet5} for lenet5, 32 for the others)
  --peers LIST     ${names(peerTitles)}; '' for none
  --engines LIST   ${names(ourEngines)}; '' for none
  --threads LIST   1,2 where the machine has two processors
  --rounds N       how often each is measured (7)
  --seconds N      how long a measurement takes (2)
  --json FILE      write the results there too
  --python NAME    the Python that PyTorch, JAX and Keras are installed for (python3)
`;

/** @throws BenchError where an argument is not one of those in `usage`. */
export function parseRequest(args: readonly string[], processors: number): BenchRequest {
  const values = parseOptions(args);
  const chosen = chooseFrom('networks', networks, values.networks);
  const batches = values.batches?.split(',').map((batch) => wholeNumber('batches', batch));
  const threads = values.threads?.split(',').map((count) => wholeNumber('threads', count));
  return {
    help: values.help,
    tasks: chosen.flatMap((network) =>
      (batches ?? networks[network]!).map((batchSize) => ({ network, batchSize })),
    ),
    contestants: listContestants(
      chooseFrom('peers', peerTitles, values.peers),
      chooseFrom('engines', ourEngines, values.engines),
      threads ?? [1, 2].filter((count) => count <= processors),
    ),
    rounds: wholeNumber('rounds', values.rounds),
    seconds: positiveNumber('seconds', values.seconds),
    json: values.json,
    python: values.python,
  };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        networks: { type: 'string' },
        batches: { type: 'string' },
        peers: { type: 'string' },
        engines: { type: 'string' },
        threads: { type: 'string' },
        rounds: { type: 'string', default: '7' },
        seconds: { type: 'string', default: '2' },
        json: { type: 'string' },
        python: { type: 'string', default: 'python3' },
      },
    }).values;
  } catch (error) {
    throw new BenchError((error as Error).message);
  }
}

function chooseFrom(
  option: string,
  choices: Readonly<Record<string, unknown>>,
  value: string | undefined,
): readonly string[] {
  const chosen = value === undefined ? Object.keys(choices) : value.split(',').filter((name) => name !== '');
  const unknown = chosen.find((name) => !Object.hasOwn(choices, name));
  if (unknown === undefined) return chosen;
  throw new BenchError(`--${option} has no '${unknown}', only ${Object.keys(choices).join(', ')}`);
}

function wholeNumber(option: string, value: string): number {
  const number = positiveNumber(option, value);
  if (Number.isInteger(number)) return number;
  throw new BenchError(`--${option} takes whole numbers from 1, not '${value}'`);
}

function positiveNumber(option: string, value: string): number {
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new BenchError(`--${option} takes numbers above 0, not '${value}'`);
}
