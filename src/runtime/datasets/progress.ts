/** What loading a data set tells while it works, and how it is stopped. */

/** One thing that happens while a data set is loaded: plain data, to be drawn or printed. */
export interface DataProgress {
  /**
   * - `connect`: a source is asked for the data; `message` says so, or why the one before it had none.
   * - `download`, `load`, `verify`: `received` of `total` bytes.
   * - `decode`: `received` of `total` files.
   * - `wait`: another process is fetching the same data.
   * - `warning`: `message` is something to show; loading goes on.
   */
  readonly phase: 'connect' | 'download' | 'decode' | 'verify' | 'wait' | 'load' | 'warning';
  /** `cache`, `official archive`, `npm package`, or the path that was given. */
  readonly source: string;
  readonly received?: number;
  /** Left out where it is not known. */
  readonly total?: number;
  readonly message?: string;
}

export interface DataTask {
  readonly onProgress?: ((progress: DataProgress) => void) | undefined;
  /** Stops the work within a moment; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const reportEvery = 100;

/** Calls `report` at most ten times a second, but always for the first and the last value. */
export function countBytes(
  task: DataTask,
  progress: Pick<DataProgress, 'phase' | 'source'> & { readonly total?: number | undefined },
): (received: number) => void {
  const { total, ...fixed } = progress;
  let last = Number.NEGATIVE_INFINITY;
  return (received) => {
    const now = performance.now();
    if (received !== total && now - last < reportEvery) return;
    last = now;
    task.onProgress?.({ ...fixed, received, ...(total === undefined ? {} : { total }) });
  };
}
