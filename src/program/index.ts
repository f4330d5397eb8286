/** The tensor program: what a network computes, in few kinds of operations, with their gradients. */
export { type Operand, type ProgramBuilder, programBuilder, type RandomOptions } from './builder.js';
export { differentiate, valuesBefore } from './differentiate.js';
export {
  call,
  type Expression,
  evaluate,
  expressionText,
  input,
  inputsOf,
  isInput,
  number,
  substitute,
} from './expression.js';
export { fuse } from './passes/fuse.js';
export { poolFirst } from './passes/pool-first.js';
export { countUses } from './passes/rewrite.js';
export { type ScalarFunction, scalarFunctions } from './scalar-functions.js';
export {
  type Distribution,
  isOf,
  type Pair,
  type Reduction,
  type Shape,
  sameShape,
  sizeOf,
  type Value,
  type ValueOf,
  type Window,
} from './value.js';
