/** The function that makes a block, and the interface of what differs between its uses. */

import { formatCount } from '../summary.js';
import { longComment, shortComment } from './comments.js';
import { printBody } from './function-body.js';
import { lineWidth } from './layout.js';
import type { MergedItem } from './merged-items.js';
import type { Parameter } from './parameters.js';
import type { BlockFunction, FunctionPlan } from './plan-functions.js';

/** The declarations, as they stand in the file. */
export function blockText(
  form: FunctionPlan['form'],
  block: BlockFunction,
): { readonly options: string | undefined; readonly make: string } {
  const { parameters, optionsType, name } = block;
  const body = printBody(form, block, block.scopes[0]!.inputNames, true);
  const value =
    form === 'sequential'
      ? 'model: tf.Sequential'
      : body.inputs.map((input) => `${input}: tf.SymbolicTensor`);
  const [first, ...others] = parameters;
  const options =
    first === undefined
      ? []
      : others.length === 0
        ? [`${first.identifier}: ${first.type}`]
        : [{ parameters, type: optionsType }];
  const returned = body.returns || body.outputs.length === 0 ? [] : [`return ${body.outputs[0]};`];
  const lines = [...paragraphs(body.statements), ...returned].join('\n').split('\n');
  const make = [
    docText(block),
    signature(name, [value, options].flat(), form === 'sequential' ? 'void' : 'tf.SymbolicTensor'),
    ...lines.map((line) => (line === '' ? '' : `  ${line}`)),
    '}',
  ];
  return {
    options: others.length === 0 ? undefined : `\n${optionsText(block)}`,
    make: `\n${make.join('\n')}`,
  };
}

function optionsText({ optionsType, parameters, name }: BlockFunction): string {
  return [
    shortComment(`What differs between the uses of \`${name}\`.`),
    `interface ${optionsType} {`,
    ...parameters.map(({ identifier, type }) => `  readonly ${identifier}: ${type};`),
    '}',
  ].join('\n');
}

function docText({ scopes }: BlockFunction): string {
  const [{ block, name, description }] = scopes as [BlockFunction['scopes'][0]];
  const last = scopes.at(-1)!.name;
  const uses =
    scopes.length === 1
      ? `used once: '${name}'`
      : scopes.length === 2
        ? `used twice: '${name}' and '${last}'`
        : `used ${formatCount(scopes.length)} times: from '${name}' to '${last}'`;
  const about = `The block '${block}' of the spec, ${uses}.`;
  const words = description?.trim() ?? '';
  return words === '' ? shortComment(about) : longComment([/\w$/.test(words) ? `${words}.` : words, about]);
}

type Argument = string | { readonly parameters: readonly Parameter[]; readonly type: string };

/** On one line, with an argument a line, or with a property a line: what fits. */
function signature(name: string, args: readonly Argument[], returns: string): string {
  const flat = args.map((argument) =>
    typeof argument === 'string' ? argument : `${pattern(argument)}: ${argument.type}`,
  );
  const line = `function ${name}(${flat.join(', ')}): ${returns} {`;
  if (line.length <= lineWidth) return line;
  const lines = args.map((argument, index) =>
    typeof argument === 'string' || flat[index]!.length + 3 <= lineWidth
      ? `  ${flat[index]},`
      : [
          '  {',
          ...argument.parameters.map(({ identifier }) => `    ${identifier},`),
          `  }: ${argument.type},`,
        ].join('\n'),
  );
  return [`function ${name}(`, ...lines, `): ${returns} {`].join('\n');
}

function pattern({ parameters }: Exclude<Argument, string>): string {
  return `{ ${parameters.map(({ identifier }) => identifier).join(', ')} }`;
}

/** Branches, loops and conditions are set apart by empty lines. */
function paragraphs(
  statements: readonly { readonly item: MergedItem; readonly text: string }[],
): readonly string[] {
  return statements.flatMap(({ item, text }, index) => {
    const before = statements[index - 1]?.item;
    const branch = branchOf(item);
    const together = before === undefined || (branch !== undefined && branch === branchOf(before));
    return together ? [text] : ['', text];
  });
}

/** Undefined for what stands alone. */
function branchOf(item: MergedItem): string | undefined {
  if (item.kind === 'loop' || item.kind === 'option') return undefined;
  return item.parts.map(({ name, number }) => `${name}/${number}`).join('/');
}
