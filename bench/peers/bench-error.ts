/** What keeps the bench from running, in a sentence for whoever started it. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
