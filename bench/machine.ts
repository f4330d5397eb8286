/** What a measurement was made on. */
import { cpus } from 'node:os';

export interface Machine {
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly platform: string;
}

export function describeMachine(): Machine {
  return {
    node: process.versions.node,
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** `Node 20.20.2, Intel(R) Xeon(R) Processor, 2 cores, linux x64` */
export function formatMachine({ node, processor, cores, platform }: Machine): string {
  return `Node ${node}, ${processor}, ${cores} cores, ${platform}`;
}
