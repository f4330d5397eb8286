/** Graphs with blocks, branches and turns, put together by hand as the resolver would. */
import type { GraphNode, ModelGraph, ParamValue, ScopeStep } from '../../src/compiler/model-graph.js';
import {
  isProblem,
  layers,
  multiplyAddsOf,
  outputShapeOf,
  type Shape,
  weightsOf,
} from '../../src/layers/index.js';
import { deriveSeed } from '../../src/layers/seed.js';
import { graphOf } from './example-graphs.js';

type Options = Readonly<Record<string, unknown>>;
type Params = Readonly<Record<string, ParamValue>>;

const base = graphOf({ name: 'base', input: [1], layers: [{ type: 'dense', units: 1 }] });

/** Where the scope's own names begin: `unit1/`. */
export interface Builder {
  /** The layer's full name. */
  layer(type: string, name: string, from: string | readonly string[], options?: Options): string;
  /** `build` returns the name of the block's output. */
  block(
    block: string,
    name: string,
    from: string | readonly string[],
    params: Params,
    build: (inside: Builder, inputs: readonly string[]) => string,
    description?: string,
  ): string;
  shape(name: string): Shape;
  branch(name: string, branch: number, build: (inside: Builder) => string): string;
  /** Gives `build` the value of the turn before. */
  repeat(
    name: string,
    turns: number,
    from: string,
    build: (inside: Builder, input: string, index: number) => string,
  ): string;
}

export function scopedGraph(
  name: string,
  inputs: Readonly<Record<string, Shape>>,
  build: (root: Builder) => string | readonly string[],
): ModelGraph {
  const nodes: GraphNode[] = [];
  const shapes = new Map(Object.entries(inputs));

  const builder = (folder: string, scope: readonly ScopeStep[]): Builder => ({
    layer(type, own, from, options = {}) {
      const full = folder + own;
      const names = [from].flat();
      const inputShapes = names.map((input) => shapes.get(input)!);
      const definition = layers.get(type)!;
      const outputShape = outputShapeOf(definition, options, inputShapes);
      if (isProblem(outputShape)) throw new Error(`${full} ${outputShape.message}`);
      shapes.set(full, outputShape);
      nodes.push({
        ...base.nodes[0]!,
        name: full,
        type,
        definition,
        options,
        inputs: names,
        inputShapes,
        outputShape,
        weights: weightsOf(definition, options, inputShapes),
        multiplyAdds: multiplyAddsOf(definition, options, inputShapes, outputShape),
        call: definition.lower(options, {
          name: full,
          inputShapes,
          seed: (role) => deriveSeed(base.seed, full, role),
        }),
        scope,
      });
      return full;
    },
    block(block, own, from, params, inside, description) {
      const full = folder + own;
      const names = [from].flat();
      const step = {
        kind: 'block',
        name: full,
        block,
        description,
        params,
        inputs: names,
        inputNames: names.length === 1 ? ['input'] : names.map((_name, index) => `side${index}`),
        output: '',
      };
      step.output = inside(builder(`${full}/`, [...scope, step as ScopeStep]), names);
      return step.output;
    },
    shape: (of) => shapes.get(of)!,
    branch(own, branch, inside) {
      const full = folder + own;
      return inside(builder(`${full}/${branch}/`, [...scope, { kind: 'parallel', name: full, branch }]));
    },
    repeat(own, turns, from, inside) {
      const full = folder + own;
      let value = from;
      for (let index = 0; index < turns; index++) {
        const step: ScopeStep = { kind: 'repeat', name: full, index };
        value = inside(builder(`${full}/${index}/`, [...scope, step]), value, index);
      }
      return value;
    },
  });
  const outputs = [build(builder('', []))].flat();
  return {
    ...base,
    name,
    inputs: Object.entries(inputs).map(([input, shape]) => ({ name: input, shape })),
    nodes,
    outputs,
  };
}

const same3x3 = { kernelSize: 3, padding: 'same', useBias: false };

/** Two convolutions and a way around them, which is a projection where the shapes differ. */
function basicUnit(inside: Builder, [input]: readonly string[], filters: number, strides: number): string {
  const body = inside.branch('sum', 0, (branch) => {
    const conv1 = branch.layer('conv2d', 'conv1', input!, { filters, ...same3x3, strides });
    const relu1 = branch.layer('reLU', 'relu1', branch.layer('batchNormalization', 'bn1', conv1));
    return branch.layer(
      'batchNormalization',
      'bn2',
      branch.layer('conv2d', 'conv2', relu1, { filters, ...same3x3 }),
    );
  });
  const around =
    strides === 1
      ? input!
      : inside.branch('sum', 1, (branch) => {
          const options = { filters, kernelSize: 1, strides, useBias: false };
          return branch.layer(
            'batchNormalization',
            'bn',
            branch.layer('conv2d', 'projection', input!, options),
          );
        });
  return inside.layer('reLU', 'relu', inside.layer('add', 'sum', [body, around]));
}

export function residualNetwork(name: string, input: Shape, stages: readonly number[]): ModelGraph {
  return scopedGraph(name, { input }, (root) => {
    const conv = root.layer('conv2d', 'conv1', 'input', { filters: stages[0], ...same3x3 });
    let value = root.layer('reLU', 'relu1', root.layer('batchNormalization', 'bn1', conv));
    for (const [index, filters] of stages.entries()) {
      for (const unit of [1, 2]) {
        const stride = unit === 1 && index > 0 ? 2 : 1;
        value = root.block(
          'basic',
          `stage${index + 1}_unit${unit}`,
          value,
          { filters, stride },
          (inside, inputs) => basicUnit(inside, inputs, filters, stride),
        );
      }
    }
    const pooled = root.layer('globalAveragePooling2d', 'pool', value, {});
    return root.layer('dense', 'classes', pooled, {
      units: 10,
      activation: 'softmax',
      kernelRegularizer: 'l2',
    });
  });
}

const unit3x3 = (inside: Builder, [input]: readonly string[], options: Options): string => {
  const conv = inside.layer('conv2d', 'conv', input!, { padding: 'same', ...options });
  return inside.layer('reLU', 'relu', inside.layer('batchNormalization', 'bn', conv));
};

/** Four branches, some of them of units that are blocks themselves. */
export function inceptionNetwork(name: string, input: Shape, stages: readonly number[]): ModelGraph {
  return scopedGraph(name, { input }, (root) => {
    const unit = (
      at: Builder,
      own: string,
      from: string,
      filters: number,
      kernelSize: number,
      stride: number,
    ) =>
      at.block('unit', own, from, { filters, kernelSize, stride }, (inside, inputs) =>
        unit3x3(inside, inputs, { filters, kernelSize, strides: stride }),
      );
    let value = unit(root, 'stem', 'input', stages[0]!, 3, 1);
    for (const [index, filters] of stages.entries()) {
      for (const stride of [2, 1]) {
        const own = `stage${index + 1}_${stride === 2 ? 'first' : 'second'}`;
        value = root.block('inception', own, value, { filters, stride }, (inside, [from]) => {
          const branches = [
            inside.branch('join', 0, (b) => unit(b, 'unit_1', from!, filters, 1, stride)),
            inside.branch('join', 1, (b) =>
              unit(b, 'unit_2', unit(b, 'unit_1', from!, filters, 1, stride), filters, 3, 1),
            ),
            inside.branch('join', 2, (b) =>
              unit(b, 'unit_2', unit(b, 'unit_1', from!, filters, 1, stride), filters, 5, 1),
            ),
            inside.branch('join', 3, (b) => {
              const pool = b.layer('maxPooling2d', 'pool', from!, {
                poolSize: 3,
                strides: 1,
                padding: 'same',
              });
              return unit(b, 'unit', pool, filters, 1, stride);
            }),
          ];
          return inside.layer('concatenate', 'join', branches);
        });
      }
    }
    return root.layer('dense', 'classes', root.layer('globalAveragePooling2d', 'pool', value), { units: 10 });
  });
}

/** A chain: its blocks add layers to a sequential model, in turns that differ in number. */
export function vggNetwork(
  name: string,
  input: Shape,
  stages: readonly (readonly [filters: number, units: number])[],
) {
  return scopedGraph(name, { input }, (root) => {
    let value = 'input';
    for (const [index, [filters, units]] of stages.entries()) {
      value = root.block('stage', `stage${index + 1}`, value, { filters, units }, (inside, [from]) => {
        const last = inside.repeat('units', units, from!, (turn, before) =>
          turn.block('unit', 'unit', before, { filters }, (unit, inputs) =>
            unit3x3(unit, inputs, { filters, kernelSize: 3 }),
          ),
        );
        const pool = inside.layer('maxPooling2d', 'pool', last, { poolSize: 2, padding: 'same' });
        return inside.layer('dropout', 'drop', pool, { rate: 0.2 });
      });
    }
    return root.layer('dense', 'classes', root.layer('flatten', 'flatten', value), { units: 10 });
  });
}
