/** What layers do with the masks of sequences; `model-masks.ts` says what tfjs makes of that in a model. */

/**
 * `makes`: a mask of its own. `keeps`: that of its input. `ends`: none goes on. `joins`: those of its inputs
 * together, as `concatenate` does. `garbles`: none that could be used.
 */
export type MaskRole = 'makes' | 'keeps' | 'ends' | 'joins' | 'garbles';

/** Whether a layer skips masked steps, and whether tfjs does that right for it. */
export type MaskReading = 'no' | 'rightly' | 'wrongly';

export const keepsMask = { mask: (): MaskRole => 'keeps' };
