/**
 * Finds ONNX's operators in the primitives of a program. Activations and means are found by making them again: equal
 * operations on equal inputs are the same value, so that what a layer computes is recognised by identity, and its
 * formula is written in one place.
 */
import { type ActivationName, activate, rectify, seluAlpha, seluScale } from '../../layers/activations.js';
import {
  countUses,
  isInput,
  isOf,
  type ProgramBuilder,
  type Shape,
  sameShape,
  sizeOf,
  type Value,
  type ValueOf,
  valuesBefore,
} from '../../program/index.js';
import { type AffineConvolution, affineFinder, scaledKernel } from './affine.js';
import { elementwiseForm, withoutBroadcast } from './elementwise.js';
import { enlargementOf } from './enlargement.js';
import type { Convolution, Form } from './form.js';
import { sameEssence } from './layout.js';
import { type Attributes, float } from './onnx-graph.js';

/** The form of each value that the outputs are made of, or that other forms are. */
export function formChooser(outputs: readonly Value[], p: ProgramBuilder): (value: Value) => Form {
  const uses = countUses(outputs);
  const known = knownForms(valuesBefore(outputs), p);
  const isUsedOnce = (value: Value) => uses.get(value) === 1;
  const { chainOf, convolutionOf } = affineFinder((value) => isUsedOnce(value) && !known.has(value), p);

  function mapForm(value: ValueOf<'map'>): Form {
    const found = known.get(value) ?? rectifierForm(value, p);
    if (found !== undefined) return found;
    const behind = convolutionOf(value);
    if (behind !== undefined) return convolutionForm(behind, isUsedOnce, p);
    const { x, scale, shift } = chainOf(value) ?? {};
    // A single step, or several of one kind, are the operators that the program has.
    if (x === undefined || scale === undefined || shift === undefined || value.inputs.includes(x)) {
      return elementwiseForm(value, p);
    }
    return { kind: 'affine', x, scale, shift };
  }

  function reshapeForm(value: ValueOf<'reshape'>): Form {
    const [x] = value.inputs as [Value];
    if (isOf(x, 'reduce') && isUsedOnce(x) && sameShape(value.shape, keptShape(x))) {
      return reductionForm(x, true, p);
    }
    const enlargement = enlargementOf(value, p);
    if (enlargement !== undefined) return { kind: 'enlarged', ...enlargement };
    return { kind: sameEssence(x.shape, value.shape) ? 'same' : 'reshape', x };
  }

  return function formOf(value): Form {
    const [x] = value.inputs as [Value];
    if (isOf(value, 'source')) return { kind: 'input' };
    if (isOf(value, 'stopGradient')) return { kind: 'same', x };
    if (isOf(value, 'map')) return mapForm(value);
    if (isOf(value, 'reduce')) return reductionForm(value, false, p);
    if (isOf(value, 'reshape')) return reshapeForm(value);
    if (isOf(value, 'transpose')) return { kind: 'transpose', at: value, x };
    if (isOf(value, 'slice')) return { kind: 'slice', at: value, x };
    if (isOf(value, 'pad') && hasGaps(value)) return formOf(withoutGaps(value, p));
    if (isOf(value, 'pad')) return { kind: 'pad', at: value, x };
    if (isOf(value, 'broadcast')) return { kind: 'broadcast', x };
    if (isOf(value, 'concat')) return { kind: 'concat', axis: value.operation.axis, parts: value.inputs };
    if (isOf(value, 'maxPool') || isOf(value, 'averagePool')) return { kind: 'pool', at: value, x };
    const behind = convolutionOf(value);
    if (behind !== undefined) return convolutionForm(behind, isUsedOnce, p);
    throw new Error(`${value.operation.kind} is no part of an inference`);
  };
}

interface ActivationOperator {
  readonly operator: string;
  readonly attributes?: Attributes;
  /** Further operands. */
  readonly bounds?: readonly number[];
}

/** The activations for which ONNX has an operator. The others are made of several. */
const activationOperators: Readonly<Partial<Record<ActivationName, ActivationOperator>>> = {
  elu: { operator: 'Elu', attributes: { alpha: float(1) } },
  hardSigmoid: { operator: 'HardSigmoid', attributes: { alpha: float(0.2), beta: float(0.5) } },
  relu: { operator: 'Relu' },
  relu6: { operator: 'Clip', bounds: [0, 6] },
  selu: { operator: 'Selu', attributes: { alpha: float(seluAlpha), gamma: float(seluScale) } },
  softplus: { operator: 'Softplus' },
  softsign: { operator: 'Softsign' },
};

/** What is recognised as a whole. */
function knownForms(values: readonly Value[], p: ProgramBuilder): ReadonlyMap<Value, Form> {
  const known = new Map<Value, Form>();
  const wanted = new Set(values);
  const add = (value: Value, form: Form) => wanted.has(value) && known.set(value, form);
  for (const x of values) {
    if (!x.batched) continue;
    for (const [name, { operator, attributes = {}, bounds = [] }] of Object.entries(activationOperators)) {
      const operands = [x, ...bounds];
      add(activate(name as ActivationName, x, p), { kind: 'elementwise', operator, operands, attributes });
    }
    if (x.shape.length > 0) add(activate('softmax', x, p), { kind: 'softmax', x, axis: x.shape.length - 1 });
    if (isOf(x, 'reduce') && x.operation.reduction === 'sum' && isInput(x.operation.expression, 0)) {
      const [from] = x.inputs as [Value];
      const { axes } = x.operation;
      for (const keepsAxes of [true, false]) {
        const form = { kind: 'reduction', operator: 'ReduceMean', x: from, axes, keepsAxes } as const;
        add(p.mean(from, axes, keepsAxes), form);
      }
    }
  }
  return known;
}

const reductionOperators = { sum: 'ReduceSum', max: 'ReduceMax', min: 'ReduceMin' } as const;

function reductionForm(
  { operation, inputs }: ValueOf<'reduce'>,
  keepsAxes: boolean,
  p: ProgramBuilder,
): Form {
  const { reduction, axes, expression } = operation;
  if (operation.batch) throw new Error('nothing is summed over the batch in an inference');
  const x = p.map(expression, inputs);
  return { kind: 'reduction', operator: reductionOperators[reduction], x, axes, keepsAxes };
}

const keptShape = ({ operation, inputs }: ValueOf<'reduce'>): Shape =>
  inputs[0]!.shape.map((length, axis) => (operation.axes.includes(axis) ? 1 : length));

const hasGaps = ({ operation }: ValueOf<'pad'>) => operation.steps.some((step) => step !== 1);

/** The same, with zeros between the entries put there first: behind each, along an axis of their own. */
function withoutGaps({ operation, inputs, shape }: ValueOf<'pad'>, p: ProgramBuilder): Value {
  const spread = operation.steps.reduce((x, step, axis) => {
    const length = x.shape[axis]!;
    const single = p.reshape(x, x.shape.toSpliced(axis + 1, 0, 1));
    const followed = p.pad(
      single,
      single.shape.map(() => 0),
      single.shape.with(axis + 1, step),
    );
    return p.slice(
      p.reshape(followed, x.shape.with(axis, length * step)),
      x.shape.map(() => 0),
      x.shape.with(axis, (length - 1) * step + 1),
    );
  }, inputs[0]!);
  return p.pad(spread, operation.starts, shape);
}

/** A rectifier with a slope. */
function rectifierForm(value: ValueOf<'map'>, p: ProgramBuilder): Form | undefined {
  const factor = value.inputs.find((input) => isOf(input, 'map') && isChoice(input));
  const x = value.inputs.find((input) => input !== factor);
  if (x === undefined || factor === undefined || !isOf(factor, 'map')) return undefined;
  const { expression } = factor.operation;
  const slope = expression.kind === 'call' ? expression.args[2] : undefined;
  if (slope?.kind === 'number' && rectify(x, slope.value, p) === value) {
    return {
      kind: 'elementwise',
      operator: 'LeakyRelu',
      operands: [x],
      attributes: { alpha: float(slope.value) },
    };
  }
  const slopes = slope?.kind === 'input' ? factor.inputs[slope.index]! : undefined;
  if (slopes === undefined || slopes.batched || rectify(x, slopes, p) !== value) return undefined;
  return { kind: 'elementwise', operator: 'PRelu', operands: [x, withoutBroadcast(slopes)] };
}

const isChoice = ({ operation }: ValueOf<'map'>) =>
  operation.expression.kind === 'call' && operation.expression.name === 'where';

/** With what follows it as kernel and bias. */
function convolutionForm(
  { convolution: at, scale, shift }: AffineConvolution,
  isUsedOnce: (value: Value) => boolean,
  p: ProgramBuilder,
): Form {
  const [image, ownKernel] = at.inputs as [Value, Value];
  const { window } = at.operation;
  const kernel = scale === undefined ? ownKernel : scaledKernel(at, scale, p);
  const channels = at.shape[2]!;
  const bias = shift && (shift.shape.length === 0 ? p.broadcast(p.reshape(shift, [1]), [channels]) : shift);
  if (at.operation.kind === 'convolve' && isPointwise(at)) {
    const isOneRow = image.shape[1] === 1;
    const x = isOneRow && isOf(image, 'reshape') ? image.inputs[0]! : image;
    return { kind: 'product', at, x, isOneRow, kernel: p.reshape(kernel, kernel.shape.slice(2)), bias };
  }
  if (at.operation.kind !== 'convolveInput' && isOf(image, 'pad') && isMargin(image) && isUsedOnce(image)) {
    const [top, left] = image.operation.starts as readonly [number, number, number];
    const before = [window.before[0] + top, window.before[1] + left] as const;
    return { kind: 'convolution', at, x: image.inputs[0]!, window: { ...window, before }, kernel, bias };
  }
  return { kind: 'convolution', at, x: image, window, kernel, bias };
}

/** A window of one place on rows, as all dense layers are. */
function isPointwise({ operation: { window }, inputs, shape }: Convolution): boolean {
  const [height] = inputs[0]!.shape;
  const { size, strides, before } = window;
  return (
    height === 1 &&
    shape[0] === 1 &&
    sizeOf([...size, ...strides]) === 1 &&
    before[0] === 0 &&
    before[1] === 0
  );
}

/** Zeros around an image, as convolutions have of themselves. */
const isMargin = (value: ValueOf<'pad'>) => !hasGaps(value) && value.inputs[0]!.shape[2] === value.shape[2];
