/** The statements of a printed function, laid out. */

import { type CallExpression, type Expression, flat, layOut, lineWidth, mustBreak } from './layout.js';
import type { MergedItem, MergedLayer, MergedLoop, MergedOption, MergedUse, Source } from './merged-items.js';
import type { FunctionPlan, PlannedFunction } from './plan-functions.js';
import { valueNames } from './value-names.js';

export interface PrintedBody {
  /** What the function calls its inputs; none in a sequential model. */
  readonly inputs: readonly string[];
  /** A text for each item, not indented. */
  readonly statements: readonly { readonly item: MergedItem; readonly text: string }[];
  /** What stands for the outputs. */
  readonly outputs: readonly string[];
  /** The last statement is `return …` already. */
  readonly returns: boolean;
}

/** `inputs` are the names of the inputs. With `returning`, a call that makes the only output is returned at once. */
export function printBody(
  form: FunctionPlan['form'],
  { items, outputs, taken }: PlannedFunction,
  inputs: readonly string[],
  returning: boolean,
): PrintedBody {
  if (form === 'sequential') {
    const statements = items.map((item) => ({ item, text: addStatement(item, lineWidth - 2) }));
    return { inputs: [], statements, outputs: [], returns: false };
  }
  const printer = new FunctionalPrinter(items, outputs, valueNames(items, inputs, taken));
  const names = inputs.map((_input, index) => printer.name(`input:${index}`));
  const last = items.at(-1);
  const returns = returning && last !== undefined && printer.isReturned(last);
  const statements = items.map((item) => {
    const before = returns && item === last ? 'return ' : undefined;
    return { item, text: printer.statement(item, lineWidth - 2, before) };
  });
  return { inputs: names, statements, outputs: outputs.map((output) => printer.name(output)), returns };
}

/** `model.add(…)`, or the call of a function that does so. */
function addStatement(item: MergedItem, width: number): string {
  const inside = (items: readonly MergedItem[]) => items.map((inner) => addStatement(inner, width - 2));
  switch (item.kind) {
    case 'layer':
      return layOut(callOf('model.add', [item.call]), width, '', ';');
    case 'use':
      return layOut(callOf(item.callee, ['model', ...optionsOf(item)]), width, '', ';');
    case 'loop':
      return nested(loopHead(item), inside(item.items));
    case 'option':
      return nested(`if (${item.condition})`, inside(item.items));
  }
}

class FunctionalPrinter {
  /** How often each value is used. */
  private readonly uses = new Map<Source, number>();
  /** The variables that are assigned to, by the sources of the values. */
  private readonly variables = new Map<Source, string>();

  constructor(
    items: readonly MergedItem[],
    private readonly outputs: readonly Source[],
    private readonly names: ReadonlyMap<Source, string>,
  ) {
    for (const source of [...outputs, ...items.flatMap(sourcesIn)]) {
      this.uses.set(source, (this.uses.get(source) ?? 0) + 1);
    }
  }

  name(source: Source): string {
    return this.names.get(source)!;
  }

  isReturned(item: MergedItem): boolean {
    if (item.kind === 'loop' || item.kind === 'option') return false;
    const source = sourceOf(item)!;
    return this.outputs.length === 1 && this.outputs[0] === source && this.uses.get(source) === 1;
  }

  /** `before` stands before the value; `const name = ` where it is left out. */
  statement(item: MergedItem, width: number, before?: string): string {
    switch (item.kind) {
      case 'layer':
        return applyStatement(before ?? this.start(item), item.call, this.values(item.inputs), width);
      case 'use': {
        const call = callOf(item.callee, [
          ...item.inputs.map((source) => this.name(source)),
          ...optionsOf(item),
        ]);
        return layOut(call, width, before ?? this.start(item), ';');
      }
      case 'loop':
        return this.loop(item, width);
      case 'option':
        return this.option(item, width);
    }
  }

  private start(item: MergedLayer | MergedUse): string {
    const source = sourceOf(item)!;
    const variable = this.variables.get(source);
    return variable === undefined ? `const ${this.name(source)} = ` : `${variable} = `;
  }

  private loop(item: MergedLoop, width: number): string {
    const { initial, result } = item.carried!;
    const name = this.name(`loop:${item.id}`);
    const last = item.items.at(-1)!;
    // What is made last and used by the next turn only needs no name of its own.
    const direct =
      (last.kind === 'layer' || last.kind === 'use') &&
      sourceOf(last) === result &&
      this.uses.get(result) === 1;
    if (direct) this.variables.set(result, name);
    const inside = item.items.map((inner) => this.statement(inner, width - 2));
    const assignment = direct ? [] : [`${name} = ${this.name(result)};`];
    return `let ${name} = ${this.name(initial)};\n${nested(loopHead(item), [...inside, ...assignment])}`;
  }

  private option({ condition, items, joined }: MergedOption, width: number): string {
    const variables = [...joined].map(([id, instead]) => {
      this.variables.set(`item:${id}`, this.name(`item:${id}`));
      return `let ${this.name(`item:${id}`)} = ${this.name(instead)};`;
    });
    const inside = items.map((inner) => this.statement(inner, width - 2));
    return [...variables, nested(`if (${condition})`, inside)].join('\n');
  }

  private values(sources: readonly Source[]): Expression {
    const names = sources.map((source) => this.name(source));
    return names.length === 1 ? names[0]! : { kind: 'array', elements: names };
  }
}

function sourceOf(item: MergedItem): Source | undefined {
  return item.kind === 'option' ? undefined : `${item.kind === 'loop' ? 'loop' : 'item'}:${item.id}`;
}

function sourcesIn(item: MergedItem): readonly Source[] {
  switch (item.kind) {
    case 'option':
      return [...item.joined.values(), ...item.items.flatMap(sourcesIn)];
    case 'loop':
      return [item.carried!.initial, item.carried!.result, ...item.items.flatMap(sourcesIn)];
    default:
      return item.inputs;
  }
}

function loopHead({ index, count }: MergedLoop): string {
  return `for (let ${index} = 0; ${index} < ${count}; ${index}++)`;
}

function nested(head: string, statements: readonly string[]): string {
  const lines = statements.join('\n').split('\n');
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'].join('\n');
}

function optionsOf({ options }: MergedUse): readonly Expression[] {
  return options === undefined ? [] : [options];
}

function callOf(callee: string, args: readonly Expression[]): CallExpression {
  return { kind: 'call', callee, args };
}

/**
 * `const c1 = tf.layers.conv2d({ … }).apply(input) as tf.SymbolicTensor;`, with the calls on lines of their own
 * where it is long.
 */
function applyStatement(before: string, layer: CallExpression, inputs: Expression, width: number): string {
  const after = ' as tf.SymbolicTensor;';
  const apply = callOf('.apply', [inputs]);
  const line = `${before}${flat(layer)}${flat(apply)}${after}`;
  if (line.length <= width && !mustBreak(layer)) return line;
  const dot = layer.callee.lastIndexOf('.');
  if (dot < 0) return layOut(layer, width, before, `${flat(apply)}${after}`);
  const calls = [
    layOut({ ...layer, callee: layer.callee.slice(dot) }, width - 2),
    layOut(apply, width - 2, '', after),
  ];
  return [
    before + layer.callee.slice(0, dot),
    ...calls
      .join('\n')
      .split('\n')
      .map((text) => `  ${text}`),
  ].join('\n');
}
