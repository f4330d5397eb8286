/** What an expression comes to. Every step of it is a finite number, a truth value or a word, or a fault. */
import { describeValue, listOf } from '../describe.js';
import { didYouMean } from '../suggest.js';
import {
  type BinaryOperator,
  type Expression,
  ExpressionError,
  type FunctionName,
  type ParamValue,
  type Span,
} from './expression.js';

/** The values of the names that an expression may use. */
export type Names = ReadonlyMap<string, ParamValue>;

/**
 * `source` is the text that the expression's places count in.
 *
 * @throws ExpressionError `unknown-param` for a name that has no value, `impossible-arithmetic` for what has no
 * result: division by zero, an infinite or undefined number, a word where a number is needed.
 */
export function evaluate(expression: Expression, names: Names, source: string): ParamValue {
  const textOf = ({ start, end }: Span) => source.slice(start, end);
  const refuse = (message: string, span: Span, hint?: string): never => {
    throw new ExpressionError('impossible-arithmetic', message, span, hint);
  };

  const value = (node: Expression): ParamValue => {
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'name': {
        const found = names.get(node.name);
        if (found === undefined) throw unknownName(node.name, [...names.keys()], node);
        return found;
      }
      case 'unary':
        return node.operator === '!' ? !truth(node.operand) : finite(-number(node.operand), node);
      case 'choice':
        return truth(node.test) ? value(node.yes) : value(node.no);
      case 'call':
        return finite(apply(node.name, node.operands.map(number)), node);
      case 'binary':
        return binary(node, node.operator, node.left, node.right);
    }
  };

  const number = (node: Expression): number => {
    const found = value(node);
    return typeof found === 'number'
      ? found
      : refuse(`\`${textOf(node)}\` must be a number here, but is ${describeValue(found)}`, node);
  };

  const truth = (node: Expression): boolean => {
    const found = value(node);
    if (typeof found === 'string') {
      return refuse(
        `\`${textOf(node)}\` must be true, false or a number here, but is ${describeValue(found)}`,
        node,
        "compare it with a word: kind == 'max'",
      );
    }
    return found !== false && found !== 0;
  };

  const finite = (result: number, span: Span): number => {
    if (Number.isFinite(result)) return result === 0 ? 0 : result;
    const what = Number.isNaN(result) ? 'has no result' : 'is larger than a number can be';
    return refuse(`\`${textOf(span)}\` ${what}`, span);
  };

  const binary = (whole: Span, operator: BinaryOperator, left: Expression, right: Expression): ParamValue => {
    switch (operator) {
      case '&&':
        return truth(left) && truth(right);
      case '||':
        return truth(left) || truth(right);
      case '==':
      case '!=':
        return (operator === '==') === isSame(whole, value(left), value(right));
      case '<':
        return number(left) < number(right);
      case '<=':
        return number(left) <= number(right);
      case '>':
        return number(left) > number(right);
      case '>=':
        return number(left) >= number(right);
      case '/':
      case '%': {
        const [dividend, divisor] = [number(left), number(right)];
        if (divisor === 0) return refuse(`\`${textOf(whole)}\` divides by zero`, right);
        return finite(operator === '/' ? dividend / divisor : dividend % divisor, whole);
      }
      case '+':
        return finite(number(left) + number(right), whole);
      case '-':
        return finite(number(left) - number(right), whole);
      case '*':
        return finite(number(left) * number(right), whole);
      case '**':
        return finite(number(left) ** number(right), whole);
    }
  };

  const isSame = (whole: Span, one: ParamValue, other: ParamValue): boolean => {
    if (typeof one === typeof other) return one === other;
    const kinds = `${describeValue(one)} and ${describeValue(other)}`;
    return refuse(`\`${textOf(whole)}\` compares ${kinds}, which are never equal`, whole);
  };

  return value(expression);
}

function apply(name: FunctionName, operands: readonly number[]): number {
  switch (name) {
    case 'min':
      return Math.min(...operands);
    case 'max':
      return Math.max(...operands);
    default:
      return Math[name](operands[0]!);
  }
}

/** For a name that nothing has here; `known` are those that something has. */
export function unknownName(name: string, known: readonly string[], span: Span): ExpressionError {
  const listed = known.length === 0 ? 'no params are known here' : `known here: ${listOf(known, 'and')}`;
  return new ExpressionError(
    'unknown-param',
    `there is no param '${name}'`,
    span,
    didYouMean(name, known) ?? listed,
  );
}
