/** All that can be measured: the peers, and our own engines. */
import { ourEngines } from './our-engines.js';

/** One row of the table. */
export interface Contestant {
  /** As `--peers` and `--engines` take it. */
  readonly name: string;
  /** As the table shows it. */
  readonly title: string;
  readonly kind: 'peer' | 'ours';
  readonly threads: number;
}

/** By name. */
export const peerTitles: Readonly<Record<string, string>> = {
  pytorch: 'PyTorch, eager',
  'pytorch-compile': 'PyTorch, torch.compile',
  jax: 'JAX, jit',
  keras: 'Keras on JAX, fit',
};

/** `JAX, jit, on 1 thread` */
export function describeContestant({ title, threads }: Contestant): string {
  return `${title}, on ${countedThreads(threads)}`;
}

export function countedThreads(threads: number): string {
  return `${threads} thread${threads === 1 ? '' : 's'}`;
}

export function listContestants(
  peers: readonly string[],
  engines: readonly string[],
  threads: readonly number[],
): readonly Contestant[] {
  return [
    ...peers.flatMap((name) =>
      threads.map((count) => ({ name, title: peerTitles[name]!, kind: 'peer' as const, threads: count })),
    ),
    ...engines.flatMap((name) => {
      const { title, threads: possible } = ourEngines[name]!;
      return threads
        .filter((count) => possible?.includes(count) ?? true)
        .map((count) => ({ name, title, kind: 'ours' as const, threads: count }));
    }),
  ];
}
