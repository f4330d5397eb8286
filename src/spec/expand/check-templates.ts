/** The expressions in a value, before anything is known of their values: whether they can be read, and their names. */
import type { SpecPath } from '../../diagnostics/index.js';
import { isMapping } from '../describe.js';
import { type Fault, hinted } from '../fault.js';
import { unknownName } from './evaluate.js';
import { ExpressionError, namesIn } from './expression.js';
import type { NameScope } from './name-scope.js';
import { holdsExpression, parseTemplate, type Template } from './template.js';

/** Templates by their text, each read once. */
export class Templates {
  private readonly read = new Map<string, Template | ExpressionError>();

  get(text: string): Template | ExpressionError {
    let found = this.read.get(text);
    if (found === undefined) {
      found = attempt(() => parseTemplate(text));
      this.read.set(text, found);
    }
    return found;
  }
}

/** What `compute` returns, or the fault of an expression that it throws. */
export function attempt<Value>(compute: () => Value): Value | ExpressionError {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}

/** A fault of an expression in the text at a path. */
export function expressionFault(error: ExpressionError, text: string, path: SpecPath): Fault {
  const { code, message, span, hint } = error;
  return { code, path, at: 'value', message, part: { text, ...span }, ...hinted(hint) };
}

export interface TemplateCheck {
  readonly faults: readonly Fault[];
  /** Params and indices that are used. */
  readonly names: readonly string[];
  /** Whether there is any expression. */
  readonly computed: boolean;
}

/** Reads all texts in a value, which may use the names of the scope. */
export function checkTemplates(
  value: unknown,
  path: SpecPath,
  scope: NameScope,
  templates: Templates,
): TemplateCheck {
  const faults: Fault[] = [];
  let computed = false;
  const names = new Set<string>();
  const visit = (part: unknown, place: SpecPath): void => {
    if (holdsExpression(part)) {
      computed = true;
      const template = templates.get(part);
      if (template instanceof ExpressionError) {
        faults.push(expressionFault(template, part, place));
        scope.useAll();
        return;
      }
      for (const use of template.parts.flatMap((one) =>
        typeof one === 'string' ? [] : namesIn(one.expression),
      )) {
        names.add(use.name);
        if (scope.has(use.name)) scope.use(use.name);
        else faults.push(expressionFault(unknownName(use.name, scope.names, use), part, place));
      }
    } else if (Array.isArray(part)) {
      for (const [index, item] of part.entries()) visit(item, [...place, index]);
    } else if (isMapping(part)) {
      for (const [key, item] of Object.entries(part)) visit(item, [...place, key]);
    }
  };
  visit(value, path);
  return { faults, names: [...names], computed };
}

/** Without those about values that are not known yet. `path` is where the value stands that they are about. */
export function withoutUnknown(faults: readonly Fault[], value: unknown, path: SpecPath): readonly Fault[] {
  return faults.filter((fault) => {
    if (fault.at !== 'value' || fault.structural) return true;
    let part = value;
    for (const step of fault.path.slice(path.length)) {
      if (typeof part !== 'object' || part === null) break;
      part = (part as Readonly<Record<string | number, unknown>>)[step];
    }
    return !holdsExpression(part);
  });
}
