/** Parts of a model that one piece of code cannot make. A plan was tried; the next one is. */
export class NotMergeable extends Error {
  constructor(
    /** The repeat that cannot be a loop; undefined where the reason lies elsewhere. */
    readonly repeat?: string,
  ) {
    super('these parts differ too much for one piece of code');
  }
}
