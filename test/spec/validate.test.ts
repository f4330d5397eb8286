/** One mistake at a time: what is said, and where. */
import { describe, expect, test } from 'vitest';
import { checkSpec } from '../../src/compiler/index.js';
import { languageMistakes } from './language-mistakes.js';
import { linesOf, messagesOf } from './lines-of.js';
import { mistakes } from './mistakes.js';
import { wholeSpec } from './whole-spec.js';

/** Takes the marks out of a text: where they were, and what is left. */
function unmark(marked: string): {
  readonly text: string;
  readonly places: readonly (readonly [number, number])[];
} {
  const places: (readonly [number, number])[] = [];
  const parts = marked.split(/[«»]/);
  let text = parts[0]!;
  for (let i = 1; i < parts.length; i += 2) {
    places.push([text.length, text.length + parts[i]!.length]);
    text += parts[i]! + parts[i + 1]!;
  }
  return { text, places };
}

describe('one mistake', () => {
  test.each([...mistakes, ...languageMistakes])('%s', (_name, given, ...want) => {
    const { text, places } = unmark(wholeSpec(given));
    const { diagnostics } = checkSpec(text, 'x.yaml');
    expect(messagesOf(diagnostics)).toEqual(want);
    const found = diagnostics.map(({ range }) => [range.start.offset, range.end.offset]);
    const distinct = [...new Map(found.map((place) => [String(place), place])).values()];
    expect(distinct).toEqual(places);
  });

  test.each([
    ['a list', '[]', 'an empty list'],
    ['a text', 'just text', '"just text"'],
    ['a number', '42', '42'],
  ])('%s instead of a spec', (_name, text, found) => {
    const want = `1:1 wrong-type expected a mapping with 'name', 'input' and 'layers', found ${found}`;
    expect(linesOf(checkSpec(text, 'x.yaml').diagnostics)).toEqual([want]);
  });

  test('a fault inside a repeated value is told once', () => {
    const given = '- &a { type: dense, units: 3, activaton: relu }\n- *a\n- { <<: *a, units: ten }';
    const found = checkSpec(wholeSpec(given), 'x.yaml').diagnostics.map(({ code }) => code);
    expect(found).toEqual(['unknown-option', 'wrong-type']);
  });
});

describe('names of layers', () => {
  test('are generated in order, and never those that are given', () => {
    const given = [
      'type: dense, units: 3',
      'type: dense, units: 3, name: dense_2',
      'type: dense, units: 3',
      'type: elu',
      'type: dense, units: 3, name: dense_4',
      'type: dense, units: 3',
    ];
    const { graph } = checkSpec(wholeSpec(given.map((text) => `- { ${text} }`).join('\n')), 'x.yaml');
    expect(graph?.nodes.map(({ name }) => name)).toEqual([
      'dense_1',
      'dense_2',
      'dense_3',
      'elu_1',
      'dense_4',
      'dense_5',
    ]);
  });
});
