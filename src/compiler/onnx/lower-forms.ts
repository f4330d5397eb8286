/**
 * Writes values as ONNX's nodes, each in the layout that falls out of its inputs: an image that a convolution has
 * made keeps its channels first through all that treats places alike.
 */
import { sizeOf, type Value } from '../../program/index.js';
import type { Form, FormOf, Operand } from './form.js';
import { arranged, completeLayout, covers, essence, isPlain, type Layout, plainLayout } from './layout.js';
import { lowerConvolution, lowerPool, lowerProduct } from './lower-windows.js';
import { type Lowering, type Place, relabel } from './lowering.js';
import { int, ints, type Tensor, text } from './onnx-graph.js';

/** The nodes of a value whose inputs have theirs. */
export function lowerForm(value: Value, form: Form, lowering: Lowering): Place {
  switch (form.kind) {
    case 'input':
      return lowering.placeOf(value);
    case 'same':
      return relabel(lowering.placeOf(form.x), form.x.shape, value.shape, lowering.ownerOf(value), lowering);
    case 'elementwise':
      return lowerElementwise(value, form, lowering);
    case 'affine':
      return lowerAffine(value, form, lowering);
    case 'softmax':
      return lowerSoftmax(value, form, lowering);
    case 'reduction':
      return lowerReduction(value, form, lowering);
    case 'convolution':
      return lowerConvolution(value, form, lowering);
    case 'product':
      return lowerProduct(value, form, lowering);
    case 'pool':
      return lowerPool(value, form, lowering);
    case 'enlarged':
      return lowerEnlarged(value, form, lowering);
    case 'reshape':
      return lowerReshape(value, form.x, lowering);
    case 'transpose': {
      const { tensor, layout } = lowering.placeOf(form.x);
      const { permutation } = form.at.operation;
      return { tensor, layout: layout.map((axis) => permutation.indexOf(axis)) };
    }
    case 'slice':
      return lowerSlice(value, form, lowering);
    case 'pad':
      return lowerPad(value, form, lowering);
    case 'concat':
      return lowerConcat(value, form, lowering);
    case 'broadcast':
      return lowerBroadcast(value, form.x, lowering);
  }
}

/** That of an input which has no axis to gain; of several, one that is not the program's own. */
function commonLayout(value: Value, operands: readonly Operand[], { placeOf }: Lowering): Layout {
  const layouts = operands
    .filter((operand) => typeof operand !== 'number')
    .filter(({ batched }) => batched)
    .map((operand) => placeOf(operand).layout)
    .filter((layout) => covers(layout, value.shape));
  return layouts.find((layout) => !isPlain(layout)) ?? layouts[0] ?? plainLayout(value.shape);
}

/** As an operator takes it that broadcasts to the layout: an initializer without leading axes of length 1. */
function operandTensor(
  operand: Operand,
  layout: Layout,
  owner: string,
  role: string,
  lowering: Lowering,
): Tensor {
  if (typeof operand === 'number') return lowering.scalar(operand);
  if (operand.batched) return lowering.inLayout(operand, layout);
  if (operand.shape.length === 0) return lowering.initializer(operand, [], owner, role);
  const first = layout.findIndex((axis) => operand.shape[axis] !== 1);
  return lowering.initializer(operand, first === -1 ? [] : layout.slice(first), owner, role);
}

function lowerElementwise(value: Value, form: FormOf<'elementwise'>, lowering: Lowering): Place {
  const { operator, operands, attributes, isTruth } = form;
  const { draft, ownerOf, nameOf, truthOf } = lowering;
  const owner = ownerOf(value);
  const layout = commonLayout(value, operands, lowering);
  const tensors = operands.map((operand, index) => {
    const tensor = operandTensor(operand, layout, owner, 'constant', lowering);
    return operator === 'Where' && index === 0 ? truthOf(tensor, owner) : tensor;
  });
  if (!isTruth) return { tensor: draft.node(owner, operator, tensors, attributes, nameOf(value)), layout };
  return { tensor: lowering.numberOf(draft.node(owner, operator, tensors), owner, nameOf(value)), layout };
}

function lowerAffine(value: Value, { x, scale, shift }: FormOf<'affine'>, lowering: Lowering): Place {
  const { draft, ownerOf, nameOf } = lowering;
  const owner = ownerOf(value);
  const layout = commonLayout(value, [x], lowering);
  const factor = operandTensor(scale, layout, owner, 'scale', lowering);
  const scaled = draft.node(owner, 'Mul', [lowering.inLayout(x, layout), factor]);
  const term = operandTensor(shift, layout, owner, 'shift', lowering);
  return { tensor: draft.node(owner, 'Add', [scaled, term], {}, nameOf(value)), layout };
}

function lowerSoftmax(value: Value, { x, axis }: FormOf<'softmax'>, lowering: Lowering): Place {
  const { draft, ownerOf, nameOf, placeOf, inLayout } = lowering;
  const found = placeOf(x).layout;
  const layout = found.includes(axis) ? found : completeLayout(found, x.shape);
  const along = { axis: int(layout.indexOf(axis) + 1) };
  return {
    tensor: draft.node(ownerOf(value), 'Softmax', [inLayout(x, layout)], along, nameOf(value)),
    layout,
  };
}

/** Operators for images with their channels first. */
const globalPools: Readonly<Partial<Record<string, string>>> = {
  ReduceMean: 'GlobalAveragePool',
  ReduceMax: 'GlobalMaxPool',
};

function lowerReduction(value: Value, form: FormOf<'reduction'>, lowering: Lowering): Place {
  const { operator, x, axes, keepsAxes } = form;
  const { draft, ownerOf, nameOf, placeOf } = lowering;
  const { tensor, layout } = placeOf(x);
  const owner = ownerOf(value);
  const isReduced = (axis: number) => axes.includes(axis);
  const left = layout
    .filter((axis) => !isReduced(axis))
    .map((axis) => axis - axes.filter((reduced) => reduced < axis).length);
  const keptLayout = keepsAxes ? layout : left;

  const globalPool = globalPools[operator];
  const isOverImage = layout.length === 3 && layout.every((axis, index) => isReduced(axis) === index > 0);
  if (globalPool !== undefined && isOverImage && !isPlain(layout)) {
    const name = nameOf(value);
    if (keepsAxes) return { tensor: draft.node(owner, globalPool, [tensor], {}, name), layout };
    const pooled = draft.node(owner, globalPool, [tensor]);
    return { tensor: lowering.reshaped(pooled, [x.shape[layout[0]!]!], owner, name), layout: left };
  }
  const positions = layout.flatMap((axis, index) => (isReduced(axis) ? [index + 1] : []));
  if (positions.length === 0) return { tensor, layout: keptLayout };
  const keepdims = int(keepsAxes ? 1 : 0);
  // Only the sum takes its axes as an input, from opset 13 on.
  const [others, attributes] =
    operator === 'ReduceSum'
      ? [[lowering.wholeNumbers(owner, 'axes', positions)], { keepdims }]
      : [[], { axes: ints(positions), keepdims }];
  return {
    tensor: draft.node(owner, operator, [tensor, ...others], attributes, nameOf(value)),
    layout: keptLayout,
  };
}

function lowerEnlarged(value: Value, { x, factors }: FormOf<'enlarged'>, lowering: Lowering): Place {
  const { draft, ownerOf, nameOf, inLayout, placeOf } = lowering;
  const owner = ownerOf(value);
  const layout = completeLayout(placeOf(x).layout, x.shape);
  const scales = [1, ...arranged(factors, layout)];
  const sizes = draft.initializer(`${owner}/scales`, 'float', [scales.length], scales);
  const attributes = {
    mode: text('nearest'),
    nearest_mode: text('floor'),
    coordinate_transformation_mode: text('asymmetric'),
  };
  const inputs = [inLayout(x, layout), undefined, sizes];
  return { tensor: draft.node(owner, 'Resize', inputs, attributes, nameOf(value)), layout };
}

function lowerReshape(value: Value, x: Value, lowering: Lowering): Place {
  const { placeOf, inLayout, ownerOf, nameOf } = lowering;
  const { tensor, layout } = placeOf(x);
  const ordered = isPlain(essence(x.shape, layout)) ? tensor : inLayout(x, plainLayout(x.shape));
  return {
    tensor: lowering.reshaped(ordered, value.shape, ownerOf(value), nameOf(value)),
    layout: plainLayout(value.shape),
  };
}

function lowerSlice(value: Value, { at, x }: FormOf<'slice'>, lowering: Lowering): Place {
  const { draft, ownerOf, nameOf, placeOf, wholeNumbers } = lowering;
  const { tensor, layout } = placeOf(x);
  const { starts, steps } = at.operation;
  const owner = ownerOf(value);
  const cut = layout.filter((axis) => x.shape[axis] !== value.shape[axis]);
  const each = (role: string, of: (axis: number) => number) => wholeNumbers(owner, role, cut.map(of));
  const inputs = [
    tensor,
    each('starts', (axis) => starts[axis]!),
    each('ends', (axis) => starts[axis]! + (value.shape[axis]! - 1) * steps[axis]! + 1),
    each('axes', (axis) => layout.indexOf(axis) + 1),
    each('steps', (axis) => steps[axis]!),
  ];
  return { tensor: draft.node(owner, 'Slice', inputs, {}, nameOf(value)), layout };
}

function lowerPad(value: Value, { at, x }: FormOf<'pad'>, lowering: Lowering): Place {
  const { draft, ownerOf, nameOf, inLayout, placeOf, wholeNumbers } = lowering;
  const owner = ownerOf(value);
  const layout = completeLayout(placeOf(x).layout, x.shape);
  const before = arranged(at.operation.starts, layout);
  const after = layout.map((axis, index) => value.shape[axis]! - x.shape[axis]! - before[index]!);
  const pads = wholeNumbers(owner, 'pads', [0, ...before, 0, ...after]);
  return { tensor: draft.node(owner, 'Pad', [inLayout(x, layout), pads], {}, nameOf(value)), layout };
}

function lowerConcat(value: Value, { axis, parts }: FormOf<'concat'>, lowering: Lowering): Place {
  const { draft, ownerOf, nameOf, inLayout } = lowering;
  const owner = ownerOf(value);
  const longest = parts
    .filter(({ batched }) => batched)
    .toSorted((one, other) => sizeOf(other.shape) - sizeOf(one.shape));
  const layout = completeLayout(commonLayout(longest[0]!, longest.slice(0, 1), lowering), value.shape);
  const tensors = parts.map((part) =>
    part.batched ? inLayout(part, layout) : lowering.forEachExample(part, part.shape, layout, owner),
  );
  const along = { axis: int(layout.indexOf(axis) + 1) };
  return { tensor: draft.node(owner, 'Concat', tensors, along, nameOf(value)), layout };
}

function lowerBroadcast(value: Value, x: Value, lowering: Lowering): Place {
  const { draft, ownerOf, nameOf, inLayout, placeOf, wholeNumbers } = lowering;
  const owner = ownerOf(value);
  if (!x.batched) {
    const layout = plainLayout(value.shape);
    return { tensor: lowering.forEachExample(x, value.shape, layout, owner, nameOf(value)), layout };
  }
  const layout = completeLayout(placeOf(x).layout, x.shape);
  const shape = wholeNumbers(owner, 'shape', [1, ...arranged(value.shape, layout)]);
  return { tensor: draft.node(owner, 'Expand', [inLayout(x, layout), shape], {}, nameOf(value)), layout };
}
