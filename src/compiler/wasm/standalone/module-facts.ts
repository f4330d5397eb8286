/** What a loader has to know of its module: the manifest and the graph, settled into names, sizes and places. */
import { type Shape, sizeOf } from '../../../layers/index.js';
import type { ModelGraph } from '../../model-graph.js';
import type { TensorProgram } from '../../program/lower-program.js';
import type { Manifest, ModuleProgram, Region } from '../generate-module.js';

/** Places are indices into the memory as 32-bit floats. */
export interface ModuleFacts {
  readonly lanes: number;
  readonly pages: number;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape; readonly place: number }[];
  readonly outputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly byteScale: number;
  readonly classNames: readonly string[] | undefined;
  /** Undefined where no program looks at it. */
  readonly labels: number | undefined;
  readonly mask: number | undefined;
  readonly count: number | undefined;
  /** In tfjs's order. `place` is undefined for a weight that no program reads. */
  readonly weights: readonly {
    readonly name: string;
    readonly shape: Shape;
    readonly place: number | undefined;
  }[];
  /** Numbers of the optimizer that do not start with 0. */
  readonly starts: readonly { readonly place: number; readonly size: number; readonly value: number }[];
  readonly predict: ProgramFacts;
  readonly evaluate: ProgramFacts | undefined;
  readonly train: ProgramFacts | undefined;
  /** `loss`, then the metrics: what `evaluate` and `train` tell. */
  readonly values: readonly string[];
}

export interface ProgramFacts {
  readonly piece: number;
  readonly finish: number | undefined;
  readonly inPieces: boolean;
  /** Of `evaluate` and `train` the values, of `predict` the outputs. */
  readonly results: readonly ResultFacts[];
}

interface ResultFacts {
  readonly place: number;
  /** From the outermost on. */
  readonly axes: readonly (readonly [length: number, stride: number])[];
  /** From one example to the next: 0 where all have the same. */
  readonly lane: 0 | 1;
}

export interface GivenFacts {
  readonly byteScale?: number;
  readonly classNames?: readonly string[];
}

export function moduleFacts(
  graph: ModelGraph,
  program: TensorProgram,
  manifest: Manifest,
  { byteScale = 1 / 255, classNames = graph.training?.classNames }: GivenFacts,
): ModuleFacts {
  const { sources, staging, programs } = manifest;
  const placeOf = (source: string) => {
    const region = sources[source];
    return region === undefined ? undefined : region.address / 4;
  };
  const values = ['loss', ...(graph.training?.metrics ?? [])];
  const valuesOf = (name: string) => {
    const found = programs[name];
    return found && programFacts({ ...found, results: found.results.slice(0, values.length) });
  };
  const shapes = new Map(graph.nodes.map(({ name, outputShape }) => [name, outputShape]));
  return {
    lanes: manifest.lanes,
    pages: manifest.bytes / 65_536,
    inputs: graph.inputs.map(({ name, shape }) => ({
      name,
      shape,
      place: staging[`input/${name}`]!.address / 4,
    })),
    byteScale,
    classNames,
    outputs: graph.outputs.map((name) => ({ name, shape: shapes.get(name)! })),
    labels: placeOf('labels'),
    mask: placeOf('batch/mask'),
    count: placeOf('batch/count'),
    weights: program.weights.map(({ name, value }) => ({
      name,
      shape: value.shape,
      place: placeOf(`weight/${name}`),
    })),
    starts: program.slots.flatMap(({ name, value, initial }) => {
      const place = placeOf(`slot/${name}`);
      return initial === 0 || place === undefined
        ? []
        : [{ place, size: sizeOf(value.shape), value: initial }];
    }),
    predict: programFacts(programs.predict!),
    evaluate: valuesOf('evaluate'),
    train: valuesOf('train'),
    values,
  };
}

const programFacts = ({ piece, finish, inPieces, results }: ModuleProgram): ProgramFacts => ({
  piece,
  finish,
  inPieces,
  results: results.map(resultFacts),
});

const resultFacts = ({ address, shape, strides, batched }: Region): ResultFacts => ({
  place: address / 4,
  axes: shape.map((length, axis) => [length, strides[axis]! / 4]),
  lane: batched ? 1 : 0,
});
