/** ONNX's operators for formulas, which broadcast by themselves. */
import {
  type Expression,
  evaluate,
  inputsOf,
  isOf,
  type ProgramBuilder,
  type ScalarFunction,
  type Shape,
  sameShape,
  type Value,
  type ValueOf,
} from '../../program/index.js';
import type { Form, Operand } from './form.js';

/** The operator of the same arguments, or a formula of other functions. */
type Rule = string | ((x: Value, p: ProgramBuilder) => Value);

const rules: Readonly<Record<ScalarFunction, Rule>> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  pow: 'Pow',
  maximum: 'Max',
  minimum: 'Min',
  neg: 'Neg',
  abs: 'Abs',
  sign: 'Sign',
  square: (x, p) => p.mul(x, x),
  sqrt: 'Sqrt',
  floor: 'Floor',
  round: 'Round',
  exp: 'Exp',
  expm1: (x, p) => p.sub(p.exp(x), 1),
  log: 'Log',
  log1p: (x, p) => p.log(p.add(x, 1)),
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  erf: 'Erf',
  equal: 'Equal',
  less: 'Less',
  lessEqual: 'LessOrEqual',
  greater: 'Greater',
  greaterEqual: 'GreaterOrEqual',
  where: 'Where',
};

const truths: ReadonlySet<ScalarFunction> = new Set([
  'equal',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual',
]);

/** The outermost function of the formula as an operator; what it is applied to are further values. */
export function elementwiseForm(value: ValueOf<'map'>, p: ProgramBuilder): Form {
  const { operation, inputs, shape } = value;
  const { expression } = operation;
  const constant = constantOf(value);
  if (constant !== undefined) {
    return {
      kind: 'broadcast',
      x: p.constant(
        [constant],
        shape.map(() => 1),
      ),
    };
  }
  if (expression.kind !== 'call') return { kind: 'same', x: inputs[0]! };
  const given = expression.args.map((argument) => argumentOf(argument, inputs, p));
  const rule = rules[expression.name];
  if (typeof rule !== 'string') {
    const [x] = given as [Value];
    return elementwiseForm(rule(x, p) as ValueOf<'map'>, p);
  }
  const isTruth = truths.has(expression.name);
  return { kind: 'elementwise', operator: rule, operands: operandsFor(shape, given), isTruth };
}

function argumentOf(argument: Expression, inputs: readonly Value[], p: ProgramBuilder): Operand {
  if (argument.kind === 'input') return inputs[argument.index]!;
  return inputsOf(argument).length === 0 ? evaluate(argument, []) : p.map(argument, inputs);
}

/** As small as they may be for the operator to give a value of the shape, for every example. */
function operandsFor(shape: Shape, given: readonly Operand[]): readonly Operand[] {
  const small = given.map(smallest);
  const values = small.filter((operand) => typeof operand !== 'number');
  const reached = shape.map((_length, axis) => Math.max(1, ...values.map((value) => value.shape[axis]!)));
  if (sameShape(reached, shape) && values.some(({ batched }) => batched)) return small;
  return given.map((operand, index) =>
    typeof operand !== 'number' && operand.batched ? operand : small[index]!,
  );
}

function smallest(operand: Operand): Operand {
  if (typeof operand === 'number') return operand;
  const value = withoutBroadcast(operand);
  return constantOf(value) ?? value;
}

/** The number that a formula without inputs is, at every place. */
function constantOf(value: Value): number | undefined {
  if (!isOf(value, 'map')) return undefined;
  const { expression } = value.operation;
  return inputsOf(expression).length === 0 ? evaluate(expression, []) : undefined;
}

export function withoutBroadcast(value: Value): Value {
  return isOf(value, 'broadcast') ? withoutBroadcast(value.inputs[0]!) : value;
}
