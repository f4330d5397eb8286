/**
 * Where output goes and what it may look like. Results go to stdout, everything else that a person should
 * know to stderr. Each stream is asked for itself whether it takes colours and live lines, so that a piped
 * stdout is plain while stderr is not.
 */
import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

export interface Output {
  readonly colors: Colors;
  /** A terminal on which a line can be drawn over. */
  readonly live: boolean;
  /** Width in columns right now; 80 where there is no terminal. */
  columns(): number;
  write(data: string | Uint8Array): void;
  line(text?: string): void;
  /** Calls `listener` whenever the width changes; returns how to stop that. */
  onResize(listener: () => void): () => void;
}

export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  /** Aborted when the reader of our output has gone: `speccc summary x.yaml | head -1`. */
  readonly closed: AbortSignal;
}

type Stream = NodeJS.WriteStream & { readonly fd: number };

export function openTerminal(
  stdout: Stream = process.stdout,
  stderr: Stream = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const closing = new AbortController();
  return {
    out: openOutput(stdout, env, closing),
    err: openOutput(stderr, env, closing),
    closed: closing.signal,
  };
}

const brokenPipe: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'EOF']);
const guarded = new WeakSet<object>();

function openOutput(stream: Stream, env: NodeJS.ProcessEnv, closing: AbortController): Output {
  const dumb = env.TERM === 'dumb';
  const live = stream.isTTY === true && !dumb;
  // A reader that went away is no error of ours: nothing more is written, and the command winds up.
  if (!guarded.has(stream)) {
    guarded.add(stream);
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!brokenPipe.has(error.code)) throw error;
      closing.abort();
    });
  }
  const write = (data: string | Uint8Array) => {
    if (!closing.signal.aborted && data.length > 0) stream.write(data);
  };
  return {
    colors: picocolors.createColors(wantsColors(env, live)),
    live,
    columns: () => (live && (stream as WriteStream).columns) || 80,
    write,
    line: (text = '') => write(`${text}\n`),
    onResize: (listener) => {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
  };
}

/** https://no-color.org and the usual FORCE_COLOR; a set but empty variable counts as not set. */
function wantsColors(env: NodeJS.ProcessEnv, live: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return live;
}
