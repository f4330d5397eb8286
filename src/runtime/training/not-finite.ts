import type { TrainingPlan } from '../../compiler/model-graph.js';
import { SpecccError } from '../../diagnostics/index.js';
import { optimizerParameters } from '../../spec/optimizers.js';

/** Training has run off to infinity. */
export function notFinite(what: string, { optimizer, optimizerType }: TrainingPlan): SpecccError {
  const { centered } = optimizerParameters(optimizerType, optimizer.args);
  return new SpecccError('loss-not-finite', what, {
    hints: [
      ...(centered === true
        ? ["leave 'centered' out: with it tfjs makes NaN of every weight whose gradient stays at zero"]
        : []),
      'try a smaller learningRate, a batchNormalization layer, or inputs scaled to 0…1, with --fresh',
      'the checkpoints are as they were last saved',
    ],
  });
}
