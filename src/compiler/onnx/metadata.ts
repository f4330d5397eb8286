/** What an ONNX model says of itself beside its operators. */
import type { GraphInput, ModelGraph } from '../model-graph.js';

export interface EmitOnnxOptions {
  /** What the outputs stand for, in their order; those of the spec's data set where it is left out. */
  readonly classNames?: readonly string[];
  /** What a byte of an image is multiplied by before it goes in, as in training: 1/255. */
  readonly pixelScale?: number;
}

export const producerName = 'speccc';

/** Whether the bytes are a model that speccc has written: the name of the producer is the second field. */
export const isOwnModel = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 16)).includes(producerName);

/** The `metadata_props` of the model. */
export function modelMetadata(
  graph: ModelGraph,
  version: string,
  { classNames = graph.training?.classNames, pixelScale }: EmitOnnxOptions,
): Readonly<Record<string, string>> {
  return {
    ...(classNames !== undefined && { class_names: JSON.stringify(classNames) }),
    preprocessing: graph.inputs.map((input) => inputText(input, pixelScale)).join('\n'),
    ...(pixelScale !== undefined && { pixel_scale: String(pixelScale) }),
    spec_sha256: graph.source.digest,
    speccc_version: version,
  };
}

/** `image: float32 [batch, 32, 32, 3], rows of pixels with their channels last, each byte times 0.00392156862745098` */
function inputText({ name, shape }: GraphInput, pixelScale: number | undefined): string {
  const form = `${name}: float32 [${['batch', ...shape].join(', ')}]`;
  if (pixelScale === undefined) return form;
  const order = shape.length === 3 ? ', rows of pixels with their channels last' : '';
  return `${form}${order}, each byte times ${pixelScale}`;
}
