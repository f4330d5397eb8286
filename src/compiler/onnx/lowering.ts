/** What the lowering of forms shares: where values are, and the tensors that are made once for all who need them. */
import { isOf, type ProgramBuilder, type Shape, type Value, valuesBefore } from '../../program/index.js';
import { foldShared } from './fold-shared.js';
import type { SharedValue } from './form.js';
import { arranged, essence, type Layout, plainLayout, relabeled, sameLayout } from './layout.js';
import { type GraphDraft, int, ints, type Tensor } from './onnx-graph.js';

/** Where a batched value is. */
export interface Place {
  readonly tensor: Tensor;
  readonly layout: Layout;
}

export interface Lowering {
  readonly draft: GraphDraft;
  readonly program: ProgramBuilder;
  /** The layer that a value belongs to, after which its nodes are named. */
  ownerOf(value: Value): string;
  /** The layer whose output it is. */
  nameOf(value: Value): string | undefined;
  placeOf(value: Value): Place;
  /** A batched value in this very layout. */
  inLayout(value: Value, layout: Layout): Tensor;
  /** A tensor of [batch, ...] as one of [batch, ...shape]. */
  reshaped(tensor: Tensor, shape: Shape, owner: string, name?: string): Tensor;
  /** Named after the weight that it is made of, or where there are several, after its role in a layer. */
  initializer(value: SharedValue, layout: Layout, owner: string, role: string): Tensor;
  /** One number. */
  scalar(value: number): Tensor;
  /** As operators take shapes, axes and places. */
  wholeNumbers(owner: string, role: string, values: readonly number[]): Tensor;
  /** A shared value for each example of the batch. */
  forEachExample(value: SharedValue, shape: Shape, layout: Layout, owner: string, name?: string): Tensor;
  /** A boolean as 1 or 0. */
  numberOf(truth: Tensor, owner: string, name?: string): Tensor;
  /** Whether a number is not 0. */
  truthOf(number: Tensor, owner: string): Tensor;
}

/** TensorProto.DataType */
const elementTypes = { float: 1, bool: 9 } as const;

export interface LoweringSources
  extends Pick<Lowering, 'draft' | 'program' | 'ownerOf' | 'nameOf' | 'placeOf'> {
  /** The values of weights and other sources, by name. */
  readonly source: (name: string) => Float32Array;
  /** A tensor that has the batch as its first axis. */
  readonly batched: Tensor;
}

export function openLowering(sources: LoweringSources): Lowering {
  const { draft, program, ownerOf, nameOf, placeOf, source, batched } = sources;
  const made = new Map<string, Tensor>();
  const truths = new Map<Tensor, Tensor>();
  const reshapes = new Map<Tensor, Map<string, Tensor>>();
  const once = (key: string, make: () => Tensor): Tensor => {
    const tensor = made.get(key) ?? make();
    made.set(key, tensor);
    return tensor;
  };

  const lowering: Lowering = {
    draft,
    program,
    ownerOf,
    nameOf,
    placeOf,
    inLayout: (value, layout) =>
      once(`${value.id} in ${layout}`, () =>
        rearranged(placeOf(value), value.shape, layout, ownerOf(value), lowering),
      ),
    reshaped(tensor, shape, owner, name) {
      const known = reshapes.get(tensor) ?? new Map<string, Tensor>();
      reshapes.set(tensor, known);
      const found = known.get(shape.join()) ?? reshape(tensor, shape, owner, name, lowering);
      known.set(shape.join(), found);
      return found;
    },
    initializer: (value, layout, owner, role) =>
      once(`${value.id} shared in ${layout}`, () => {
        const missing = plainLayout(value.shape).filter((axis) => !layout.includes(axis));
        const ordered = program.transpose(value, [...missing, ...layout]);
        const names = weightsOf(value);
        const name = names.length === 1 ? names[0]! : `${owner}/${role}`;
        return draft.initializer(name, 'float', arranged(value.shape, layout), foldShared(ordered, source));
      }),
    scalar: (value) =>
      once(`number ${value}`, () => draft.initializer(`number/${value}`, 'float', [], [value])),
    wholeNumbers: (owner, role, values) =>
      draft.initializer(`${owner}/${role}`, 'int64', [values.length], values),
    forEachExample(value, shape, layout, owner, name) {
      const count = once('count of examples', () =>
        draft.node(owner, 'Shape', [batched], { start: int(0), end: int(1) }),
      );
      const lengths = lowering.wholeNumbers(owner, 'shape', arranged(shape, layout));
      const whole = draft.node(owner, 'Concat', [count, lengths], { axis: int(0) });
      return draft.node(
        owner,
        'Expand',
        [lowering.initializer(value, layout, owner, 'constant'), whole],
        {},
        name,
      );
    },
    numberOf(truth, owner, name) {
      const number = draft.node(owner, 'Cast', [truth], { to: int(elementTypes.float) }, name);
      truths.set(number, truth);
      return number;
    },
    truthOf: (number, owner) =>
      truths.get(number) ?? draft.node(owner, 'Cast', [number], { to: int(elementTypes.bool) }),
  };
  return lowering;
}

const weightsOf = (value: SharedValue): readonly string[] =>
  valuesBefore([value]).flatMap((part) =>
    isOf(part, 'source') ? [part.operation.name.replace('weight/', '')] : [],
  );

function reshape(
  tensor: Tensor,
  shape: Shape,
  owner: string,
  name: string | undefined,
  { draft, wholeNumbers }: Lowering,
): Tensor {
  if (shape.length === 1) return draft.node(owner, 'Flatten', [tensor], { axis: int(1) }, name);
  // 0 keeps the length that there is.
  return draft.node(owner, 'Reshape', [tensor, wholeNumbers(owner, 'shape', [0, ...shape])], {}, name);
}

/** The same entries in another order of axes. */
function rearranged(
  { tensor, layout }: Place,
  shape: Shape,
  wanted: Layout,
  owner: string,
  { draft, reshaped }: Lowering,
): Tensor {
  if (sameLayout(layout, wanted)) return tensor;
  const lengths = arranged(shape, wanted);
  if (sameLayout(essence(shape, layout), essence(shape, wanted))) return reshaped(tensor, lengths, owner);
  const there = wanted.filter((axis) => layout.includes(axis));
  const order = [...there, ...layout.filter((axis) => !wanted.includes(axis))];
  const perm = ints([0, ...order.map((axis) => layout.indexOf(axis) + 1)]);
  const transposed = draft.node(owner, 'Transpose', [tensor], { perm });
  return sameLayout(order, wanted) ? transposed : reshaped(transposed, lengths, owner);
}

/** Takes a tensor as a value of another shape, which differs in axes of length 1 alone. */
export function relabel(place: Place, from: Shape, to: Shape, owner: string, lowering: Lowering): Place {
  const layout = relabeled(place.layout, from, to);
  if (layout !== undefined) return { tensor: place.tensor, layout };
  const least = essence(from, place.layout);
  const tensor = rearranged(place, from, least, owner, lowering);
  return { tensor, layout: relabeled(least, from, to)! };
}
