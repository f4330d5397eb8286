/** docs/spec-reference.md and docs/errors.md, from the registry, the schema and the table of codes. */
import { stringify } from 'yaml';
import { codes } from '../src/diagnostics/index.js';
import {
  builtInRegistry,
  formatShape,
  isProblem,
  type LayerDefinition,
  leftOut,
  nestedRefs,
  otherNames,
  outputShapeOf,
} from '../src/layers/index.js';
import type { Language } from '../src/spec/language.js';

const { layers, cells } = builtInRegistry;

/** The part of JSON schema that our options use. */
interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
export const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A schema in a few words: "positive integer, or a list of 2". */
function typeInWords(schema: JsonSchema): string {
  if (schema.$ref === nestedRefs.layer) return '[layer](#layers)';
  if (schema.$ref === nestedRefs.cell) return '[cell](#cells)';
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(' ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    const named = choices.find((choice) => choice.oneOf?.[0]?.properties?.type);
    if (named) return namedChoiceInWords(schema, choices, named);
    return [...new Set(choices.map(typeInWords))].join(', or ');
  }
  if (schema.type === 'array') {
    const element = Array.isArray(schema.items) ? 'values' : typeInWords((schema.items as JsonSchema) ?? {});
    const count =
      schema.minItems !== undefined && schema.minItems === schema.maxItems ? `${schema.minItems} of ` : '';
    return `list of ${count}${element}`;
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    const bounds = [
      schema.minimum !== undefined && schema.minimum !== 1 ? `≥ ${schema.minimum}` : '',
      schema.exclusiveMinimum !== undefined ? `> ${schema.exclusiveMinimum}` : '',
      schema.maximum !== undefined && schema.maximum < 2 ** 31 - 1 ? `≤ ${schema.maximum}` : '',
      schema.exclusiveMaximum !== undefined ? `< ${schema.exclusiveMaximum}` : '',
    ].filter(Boolean);
    const noun = schema.type === 'integer' && schema.minimum === 1 ? 'positive integer' : schema.type;
    return [noun, ...bounds].join(' ');
  }
  return schema.type ?? schema.title ?? 'anything';
}

/** Initializers and their kin have a table of their own: link to it instead of listing it at every weight. */
function namedChoiceInWords(schema: JsonSchema, choices: readonly JsonSchema[], named: JsonSchema): string {
  const family = families.find(({ member }) =>
    named.oneOf?.some((branch) => branch.properties?.type?.const === member),
  );
  if (family) return `[${family.name}](#${family.anchor})`;
  const names = [
    ...(choices.find((choice) => choice.enum)?.enum ?? []),
    ...(named.oneOf ?? []).map((branch) => branch.properties?.type?.const),
  ];
  return [...new Set(names)].map(code).join(' ') || (schema.type ?? 'object');
}

const families = [
  { name: 'initializer', anchor: 'initializers', member: 'glorotUniform', title: 'Initializers' },
  { name: 'regularizer', anchor: 'regularizers', member: 'l1l2', title: 'Regularizers' },
  { name: 'constraint', anchor: 'constraints', member: 'maxNorm', title: 'Constraints' },
] as const;

function optionTable(schema: JsonSchema, leaveOut: readonly string[] = []): string {
  const rows = Object.entries(schema.properties ?? {}).filter(([name]) => !leaveOut.includes(name));
  if (rows.length === 0) return 'No options of its own.\n';
  const required = new Set(schema.required ?? []);
  return [
    '| option | value | default | |',
    '|---|---|---|---|',
    ...rows.map(([name, option]) => {
      const fallback = required.has(name)
        ? '**required**'
        : option.default === undefined
          ? ''
          : code(option.default);
      return `| \`${name}\` | ${cell(typeInWords(option))} | ${cell(fallback)} | ${cell(option.description ?? '')} |`;
    }),
    '',
  ].join('\n');
}

/** `- { type: dense, units: 5 }` */
function stepInYaml(step: Readonly<Record<string, unknown>>): string {
  const yaml = stringify([step], { lineWidth: 0, collectionStyle: 'flow' }).trim();
  return yaml
    .replace(/^\[\s*/, '- ')
    .replace(/\s*\]$/, '')
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']');
}

function layerSection(layer: LayerDefinition): string {
  const { type } = layer;
  const engines =
    layer.role === 'layer' && layer.forward === undefined
      ? ['Needs TensorFlow.js: the compiled engine does not run it.', '']
      : [];
  const lines = [`### ${type}`, '', layer.summary, '', ...engines, optionTable(layer.options as JsonSchema)];
  for (const { title, inputs, options, before } of layer.examples) {
    const output = outputShapeOf(layer, options, inputs);
    if (isProblem(output)) throw new Error(`the example of ${type} has no output shape: ${output.message}`);
    const from = layer.inputs === 'many' ? { from: [...'abc'].slice(0, inputs.length) } : {};
    lines.push(
      '```yaml',
      `# ${title === undefined ? '' : `${title}: `}${inputs.map(formatShape).join(', ')} → ${formatShape(output)}`,
      ...(before === undefined ? [] : [stepInYaml(before)]),
      stepInYaml({ type, ...from, ...options }),
      '```',
      '',
    );
  }
  return lines.join('\n');
}

function sectionsOf(definitions: ReadonlyMap<string, LayerDefinition>): string[] {
  const types = [...definitions.keys()].sort((a, b) => a.localeCompare(b, 'en'));
  return [
    types.map((type) => `[${type}](#${type.toLowerCase()})`).join(' · '),
    '',
    ...types.map((type) => layerSection(definitions.get(type)!)),
  ];
}

const tfjsOnly = [...layers.values()]
  .filter(({ forward }) => forward === undefined)
  .map(({ type }) => type)
  .sort((a, b) => a.localeCompare(b, 'en'));

function leftOutSection(): string[] {
  return [
    '## Layers of TensorFlow.js that specs have not',
    '',
    ...Object.entries(leftOut).map(([type, reason]) => `- \`${type}\`: ${reason}.`),
    '',
    `Other names: ${Object.entries(otherNames)
      .map(([name, type]) => `\`${name}\` is [${type}](#${type.toLowerCase()})`)
      .join(', ')}.`,
    '',
  ];
}

/** The branches of a `oneOf`, each with its options. */
function choiceSection(title: string, choice: JsonSchema): string {
  const branches = (choice.anyOf ?? [choice]).find((part) => part.oneOf)?.oneOf ?? [];
  return [
    `## ${title}`,
    '',
    ...branches.map((branch) =>
      [
        `### ${branch.properties?.type?.const}`,
        '',
        branch.description ?? '',
        '',
        optionTable(branch, ['type']),
      ].join('\n'),
    ),
  ].join('\n');
}

function findFamily(member: string): JsonSchema {
  for (const layer of layers.values()) {
    for (const option of Object.values((layer.options as JsonSchema).properties ?? {})) {
      const named = option.anyOf?.find((choice) => choice.oneOf);
      if (named?.oneOf?.some((branch) => branch.properties?.type?.const === member)) return option;
    }
  }
  throw new Error(`no layer has an option with '${member}'`);
}

export function specReference(language: Language): string {
  const spec = language.spec as unknown as JsonSchema;
  const table = (schema: unknown, leaveOut: readonly string[] = []) =>
    optionTable(schema as JsonSchema, leaveOut);
  const common = ['name', 'from', 'when'];
  const training = spec.properties?.training;
  const { optimizer, dataset, checkpoint } = training?.properties ?? {};
  if (!training || !optimizer || !dataset || !checkpoint)
    throw new Error('the schema has no training section');
  return [
    '# Spec reference',
    '',
    '<!-- Generated from src/ by `npm run generate`. -->',
    '',
    'A spec is one YAML file. Names, options, defaults and meanings are those of TensorFlow.js. Specs are strict: an unknown key is an error.',
    '',
    '[The file](#the-file) · [Steps](#steps) · [Blocks](#blocks) · [Layers](#layers) · [Cells](#cells) · [Initializers](#initializers) · [Regularizers](#regularizers) · [Constraints](#constraints)',
    '· [Training](#training) · [Optimizers](#optimizers) · [Data sets](#data-sets)',
    '',
    '## The file',
    '',
    optionTable(spec),
    '`expect` takes:',
    '',
    table(spec.properties?.expect),
    '## Steps',
    '',
    'The items of `layers`: a layer (`type`), the use of a block (`use`), parallel branches (`parallel`) or a repeat (`repeat`). The [guide to the language](language.md) shows all of them at work. Every step may have:',
    '',
    table(language.common),
    'The use of a block has a value for each of the block’s params beside it: `{ use: unit, filters: 64 }`.',
    '',
    '### parallel',
    '',
    table(language.parallel, common),
    '### repeat',
    '',
    table(language.repeat, common),
    '## Blocks',
    '',
    'What stands in `blocks`, by its name:',
    '',
    table(language.block),
    '## Layers',
    '',
    'Every layer also takes what [every step](#steps) may have.',
    '',
    `The compiled engine runs all layers but those that need TensorFlow.js: ${tfjsOnly.map((type) => `[${type}](#${type.toLowerCase()})`).join(', ')}.`,
    '',
    ...sectionsOf(layers),
    '## Cells',
    '',
    'One step of a recurrent layer. A cell is no layer: it stands in the option `cell` of [rnn](#rnn). Shapes are those of one step.',
    '',
    ...sectionsOf(cells),
    ...leftOutSection(),
    ...families.map(({ title, member }) => choiceSection(title, findFamily(member))),
    '## Training',
    '',
    optionTable(training),
    '## Checkpoint',
    '',
    optionTable(checkpoint),
    choiceSection('Optimizers', optimizer),
    choiceSection('Data sets', dataset),
  ].join('\n');
}

export function errorReference(): string {
  const kinds = {
    spec: ['Faults of a spec', 'Exit code 1.'],
    usage: ['Faults of a command or a call', 'Exit code 2.'],
    runtime: ['Faults of the world around a run', 'Exit code 3.'],
  } as const;
  const lines = [
    '# Error reference',
    '',
    '<!-- Generated from src/diagnostics/codes.ts by `npm run generate`. -->',
    '',
    'Every message of speccc has a code. `speccc explain CODE` prints the same text.',
    '',
  ];
  for (const [kind, [title, exit]] of Object.entries(kinds)) {
    lines.push(`## ${title}`, '', exit, '');
    for (const [name, entry] of Object.entries(codes).sort(([a], [b]) => a.localeCompare(b, 'en'))) {
      if (entry.kind !== kind) continue;
      lines.push(`### ${name}`, '', `*${entry.title}*`, '', entry.explanation, '');
      const language = kind === 'spec' ? 'yaml' : 'sh';
      if ('wrong' in entry && entry.wrong)
        lines.push('Wrong:', '', `\`\`\`${language}`, entry.wrong, '```', '');
      if ('right' in entry && entry.right)
        lines.push('Right:', '', `\`\`\`${language}`, entry.right, '```', '');
    }
  }
  return lines.join('\n');
}
