/**
 * Why one source cannot give the data. The next source is tried then; the message ends up in what the user
 * reads when none is left, so it is a clause without a subject: `ends early`, `host not found (ENOTFOUND)`.
 */
export class DataFault extends Error {
  override readonly name = 'DataFault';
}
