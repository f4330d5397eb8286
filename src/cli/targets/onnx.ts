/** A model that predicts in any runtime which reads ONNX. */
import { isOwnModel } from '../../compiler/onnx/metadata.js';
import { SpecccError } from '../../diagnostics/index.js';
import { formatBytes, plural } from '../format.js';
import { syntheticModel } from '../training-display.js';
import type { Target } from './target.js';

export const onnxTarget: Target = {
  endings: ['.onnx'],
  options: ['weights'],

  async compile(graph, path, { weights: from }) {
    const [{ checkExportable, emitOnnx }, { modelWeights }] = await Promise.all([
      import('../../compiler/onnx/emit-onnx.js'),
      import('../../runtime/model-weights.js'),
    ]);
    checkExportable(graph);
    if (from === undefined && graph.nodes.some(({ weights }) => weights.length > 0)) {
      throw new SpecccError(
        'wrong-arguments',
        'an ONNX model can only predict, so it needs trained weights',
        {
          hints: ["add '--weights RUN': a run folder, a checkpoint, a model.json or a safetensors file"],
        },
      );
    }
    const { weights, data } = await modelWeights(graph, from);
    const content = await emitOnnx(graph, weights, {
      ...(data !== undefined && { classNames: data.classNames, pixelScale: data.scale }),
    });
    const size = `${formatBytes(content.length)} with ${plural(weights.length, 'weight')}`;
    return { files: [{ path, content, size }], notes: data?.synthetic ? [syntheticModel] : [] };
  },

  isOwn: isOwnModel,
};
