/** Codes of a spec's text: what is wrong before a single option is looked at. */
import { codeTable } from './code-entry.js';

export const textCodes = codeTable({
  // The spec's text: YAML.
  'yaml-syntax': {
    kind: 'spec',
    title: 'text that is not YAML',
    explanation:
      'The file cannot be read as YAML 1.2 at this place. Common causes are a missing bracket or quote, a missing space after a colon, and lines of one list or mapping that do not start in the same column.',
    wrong: 'layers:\n  - { type: dense, units: 10',
    right: 'layers:\n  - { type: dense, units: 10 }',
  },
  'tab-indentation': {
    kind: 'spec',
    title: 'a tab where YAML needs spaces',
    explanation: 'YAML forbids tabs in indentation. Replace each by spaces; two a level is usual.',
    wrong: 'layers:\n\t- { type: flatten }',
    right: 'layers:\n  - { type: flatten }',
  },
  'duplicate-key': {
    kind: 'spec',
    title: 'a key that is written twice in one mapping',
    explanation: 'Only one of the two values could count, so neither is taken silently. Remove one of them.',
    wrong: '- { type: dense, units: 10, units: 20 }',
    right: '- { type: dense, units: 20 }',
  },
  'multiple-documents': {
    kind: 'spec',
    title: 'more than one YAML document in a file',
    explanation:
      'A line of `---` after content starts another document, and a spec is exactly one. Put each spec into its own file.',
    wrong: 'description: one\n---\ndescription: two',
    right: 'description: one',
  },
  'unknown-tag': {
    kind: 'spec',
    title: 'a YAML tag that means nothing in a spec',
    explanation:
      'A spec is plain data: text, numbers, `true` and `false`, lists and mappings. Tags such as `!custom` or `!!python/object` are refused. Text that starts with `!` needs quotes.',
    wrong: 'description: !secret words',
    right: 'description: "!secret words"',
  },
  'unresolved-alias': {
    kind: 'spec',
    title: 'an alias without an anchor before it',
    explanation:
      '`*name` repeats the value that was marked `&name` earlier in the file. Text that starts with `*` needs quotes.',
    wrong: 'layers:\n  - *block',
    right: 'layers:\n  - &block { type: dense, units: 10 }\n  - *block',
  },
  'circular-alias': {
    kind: 'spec',
    title: 'an alias inside the value that it stands for',
    explanation: 'Such a value would have no end. Move the anchor to the part that is meant to be repeated.',
    wrong: 'layers: &all\n  - { type: dense, units: 10 }\n  - *all',
    right: 'layers:\n  - &hidden { type: dense, units: 10 }\n  - *hidden',
  },
  'not-a-number': {
    kind: 'spec',
    title: 'a number that cannot be represented',
    explanation:
      'Every number of a spec is finite: `.inf`, `.nan` and numbers beyond 1.8e308 are refused wherever they stand.',
    wrong: 'input: [.inf, 8, 3]',
    right: 'input: [8, 8, 3]',
  },
  'invalid-key': {
    kind: 'spec',
    title: 'a key that is not plain text',
    explanation:
      'The keys of a spec are the names of its sections and options, so a list, a mapping or nothing cannot be one.',
    wrong: '- { type: dense, units: 10, [use, bias]: false }',
    right: '- { type: dense, units: 10, useBias: false }',
  },
  'empty-spec': {
    kind: 'spec',
    title: 'a file without a spec in it',
    explanation:
      'The file is empty, or holds nothing but comments. `speccc init` writes a spec to start from.',
  },
  'spec-too-deep': {
    kind: 'spec',
    title: 'values nested deeper than any spec needs',
    explanation: 'Lists and mappings may be nested 64 deep. No option needs more than eight.',
  },
  'spec-too-large': {
    kind: 'spec',
    title: 'a spec beyond the size limits',
    explanation:
      'A spec is at most 1 MiB of text, 10,000 layers, and 200,000 values once its aliases are written out. The limits keep every check fast, whatever the file holds.',
  },
  // Reading a spec, and changing it from outside.
  'spec-not-found': {
    kind: 'usage',
    title: 'a spec file that does not exist',
    explanation: 'Nothing is there under this path. Paths are taken from the current folder.',
  },
  'spec-not-a-file': {
    kind: 'usage',
    title: 'a path that is not a file',
    explanation: 'The path names a folder or something else that holds no text. Name the spec itself.',
  },
  'spec-not-text': {
    kind: 'usage',
    title: 'a file that is not text',
    explanation:
      'A spec is YAML in UTF-8. The file holds bytes that are not, so it is something else or in another encoding.',
  },
  'spec-unreadable': {
    kind: 'usage',
    title: 'a spec file that cannot be read',
    explanation: 'The operating system refuses to read the file; the message says why.',
  },
  'unknown-setting': {
    kind: 'usage',
    title: 'a setting from the command line that names nothing in the spec',
    explanation:
      'A setting is a path and a value: `training.epochs=3`, or `layers.c1.filters=8` with a layer’s name or its number, counted from 0. The path must lead to something that a spec may have there.',
  },
  'no-training': {
    kind: 'usage',
    title: 'a spec that does not say how to train',
    explanation:
      'A spec without a `training` section can be checked, summarised and compiled. To train it, it must name at least a data set, an optimizer and a loss.',
  },
});
