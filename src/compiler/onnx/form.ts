/** What a value of an inference is in ONNX's words: what choose-forms.ts chooses from. */
import type { Value, ValueOf, Window } from '../../program/index.js';
import type { Attributes } from './onnx-graph.js';

/** A batched value, a shared one, which becomes an initializer, or a number. Axes of length 1 go with any length. */
export type Operand = Value | number;

/** A value that is the same for all examples: in an inference, what weights alone decide. */
export type SharedValue = Value;

export type Convolution = ValueOf<'convolve'> | ValueOf<'convolveInput'> | ValueOf<'depthwise'>;

export type Form =
  | { readonly kind: 'input' }
  /** The same as another value, which may have another number of axes of length 1. */
  | { readonly kind: 'same'; readonly x: Value }
  /** An operator on every place. `isTruth`: it gives a boolean, of which the value is 1 or 0. */
  | {
      readonly kind: 'elementwise';
      readonly operator: string;
      readonly operands: readonly Operand[];
      readonly attributes?: Attributes;
      readonly isTruth?: boolean;
    }
  /** x · scale + shift */
  | { readonly kind: 'affine'; readonly x: Value; readonly scale: SharedValue; readonly shift: SharedValue }
  | { readonly kind: 'softmax'; readonly x: Value; readonly axis: number }
  | {
      readonly kind: 'reduction';
      readonly operator: 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin';
      readonly x: Value;
      readonly axes: readonly number[];
      readonly keepsAxes: boolean;
    }
  /** `at` is the value of the convolution alone; `x` its image, and `window` as it lies on it. */
  | {
      readonly kind: 'convolution';
      readonly at: Convolution;
      readonly x: Value;
      readonly window: Window;
      readonly kernel: SharedValue;
      readonly bias: SharedValue | undefined;
    }
  /** `x` [..., n] times `kernel` [n, F]: each row of x, or all of it as one row. */
  | {
      readonly kind: 'product';
      readonly at: Convolution;
      readonly x: Value;
      readonly isOneRow: boolean;
      readonly kernel: SharedValue;
      readonly bias: SharedValue | undefined;
    }
  | { readonly kind: 'pool'; readonly at: ValueOf<'maxPool'> | ValueOf<'averagePool'>; readonly x: Value }
  /** Every entry along an axis as often as its factor says. */
  | { readonly kind: 'enlarged'; readonly x: Value; readonly factors: readonly number[] }
  /** The same entries in another shape. */
  | { readonly kind: 'reshape'; readonly x: Value }
  | { readonly kind: 'transpose'; readonly at: ValueOf<'transpose'>; readonly x: Value }
  | { readonly kind: 'slice'; readonly at: ValueOf<'slice'>; readonly x: Value }
  | { readonly kind: 'pad'; readonly at: ValueOf<'pad'>; readonly x: Value }
  | { readonly kind: 'concat'; readonly axis: number; readonly parts: readonly Value[] }
  /** Of another batched value, or of one that all examples share. */
  | { readonly kind: 'broadcast'; readonly x: Value };

export type FormOf<Kind extends Form['kind']> = Extract<Form, { readonly kind: Kind }>;

/** The batched values that it is made of. */
export function inputsOfForm(form: Form): readonly Value[] {
  switch (form.kind) {
    case 'input':
      return [];
    case 'elementwise':
      return form.operands.filter((operand) => typeof operand !== 'number').filter(({ batched }) => batched);
    case 'concat':
      return form.parts.filter(({ batched }) => batched);
    default:
      return form.x.batched ? [form.x] : [];
  }
}
