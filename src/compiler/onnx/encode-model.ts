/** Graphs as the bytes of an ONNX file. The only place that knows its protocol buffers. */
import { create, toBinary } from '@bufbuild/protobuf';
import { producerName } from './metadata.js';
import { type Attribute, type Initializer, nameTensors, type OnnxGraph, type Port } from './onnx-graph.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
} from './onnx-model_pb.js';

export interface ModelHead {
  readonly producerVersion: string;
  readonly description: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Of 2022, so that runtimes of the last years read it: from opset 18 on reductions take their axes in another way, and
 * nothing in later ones is needed. IR 8 is what came with opset 17.
 */
const opsetVersion = 17;
const irVersion = 8;

export function encodeModel(
  graph: OnnxGraph,
  { producerVersion, description, metadata }: ModelHead,
): Uint8Array {
  const names = nameTensors(graph);
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName,
    producerVersion,
    ...(description !== undefined && { docString: description }),
    opsetImport: [{ domain: '', version: BigInt(opsetVersion) }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      input: graph.inputs.map(portProto),
      output: graph.outputs.map(portProto),
      initializer: graph.initializers.map((initializer) => ({
        name: names.get(initializer.tensor)!,
        dims: initializer.shape.map(BigInt),
        ...tensorContent(initializer),
      })),
      node: graph.nodes.map(({ name, operator, inputs, output, attributes }) => ({
        name,
        opType: operator,
        input: inputs.map((tensor) => (tensor === undefined ? '' : names.get(tensor)!)),
        output: [names.get(output)!],
        attribute: Object.entries(attributes).map(([key, attribute]) => attributeProto(key, attribute)),
      })),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function tensorContent({ type, values }: Initializer): {
  readonly dataType: DataType;
  readonly rawData: Uint8Array;
} {
  switch (type) {
    case 'float':
      return {
        dataType: DataType.FLOAT,
        rawData: bytesOf(values instanceof Float32Array ? values : Float32Array.from(values)),
      };
    case 'int64':
      return { dataType: DataType.INT64, rawData: bytesOf(BigInt64Array.from(Array.from(values, BigInt))) };
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  switch (attribute.type) {
    case 'int':
      return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(attribute.value) });
    case 'float':
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attribute.value });
    case 'string':
      return create(AttributeProtoSchema, {
        name,
        type: AttributeType.STRING,
        s: new TextEncoder().encode(attribute.value),
      });
    case 'ints':
      return create(AttributeProtoSchema, {
        name,
        type: AttributeType.INTS,
        ints: attribute.value.map(BigInt),
      });
  }
}

const portProto = ({ name, shape }: Port) => ({
  name,
  type: {
    value: {
      case: 'tensorType' as const,
      value: { elemType: DataType.FLOAT, shape: { dim: [batchDimension, ...shape.map(dimension)] } },
    },
  },
});

const batchDimension = { value: { case: 'dimParam' as const, value: 'batch' } };
const dimension = (length: number) => ({ value: { case: 'dimValue' as const, value: BigInt(length) } });
