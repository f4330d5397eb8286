import { SpecccError } from '../../diagnostics/index.js';

/** Training has run off to infinity. */
export function notFinite(what: string): SpecccError {
  return new SpecccError('loss-not-finite', what, {
    hints: [
      'try a smaller learningRate, a batchNormalization layer, or inputs scaled to 0…1, with --fresh',
      'the checkpoints are as they were last saved',
    ],
  });
}
