/** Random programs: what they are expanded to, against the plainest interpreter; and expanding what was expanded. */
import { describe, expect, test } from 'vitest';
import { checkSpec, expandedText } from '../../../src/compiler/index.js';
import { printExpanded } from '../../../src/compiler/print-expanded.js';
import { builtInRegistry } from '../../../src/layers/index.js';
import { parseSpec } from '../../../src/spec/document.js';
import { expandSpec } from '../../../src/spec/expand/expand-spec.js';
import { languageOf } from '../../../src/spec/language.js';
import { loadProgram } from '../../../src/spec/program.js';
import { validateSpec } from '../../../src/spec/validate.js';
import { fc } from '../../property.js';
import { type Json, meaningOf, type PlainLayer, programs } from './programs.js';

const language = languageOf(builtInRegistry);

function expand(text: string) {
  const { document, diagnostics } = parseSpec(text, 'x.yaml');
  expect(diagnostics).toEqual([]);
  const { spec, diagnostics: faults } = validateSpec(
    loadProgram(document!, language, undefined).program,
    language,
  );
  const errors = faults.filter(({ severity }) => severity === 'error');
  expect(errors).toEqual([]);
  return expandSpec(spec!);
}

const plain = (text: string): readonly PlainLayer[] =>
  expand(text).expanded.steps.map(({ name, type, inputs, options }) => ({
    name,
    type: type!,
    inputs: inputs as readonly string[],
    options: options as Json,
  }));

/** What nothing takes, so that all of it must be an output. */
function endsOf(layers: readonly PlainLayer[]): readonly string[] {
  const taken = new Set(layers.flatMap(({ inputs }) => inputs));
  return layers.map(({ name }) => name).filter((name) => !taken.has(name));
}

describe('random programs', () => {
  test('mean what the plainest interpreter says', () => {
    let layers = 0;
    fc.assert(
      fc.property(programs, (program) => {
        const wanted = meaningOf(program).layers;
        expect(plain(JSON.stringify(program))).toEqual(wanted);
        layers += wanted.length;
      }),
      { numRuns: 120 },
    );
    expect(layers).toBeGreaterThan(500);
  });

  test('are written out as specs of the same graph, which stay as they are', () => {
    let graphs = 0;
    fc.assert(
      fc.property(programs, (program) => {
        const { layers } = meaningOf(program);
        const ends = endsOf(layers);
        fc.pre(ends.length > 0 && ends.length <= 64 && layers.some(({ inputs }) => inputs.includes('input')));
        const text = JSON.stringify({ ...program, outputs: ends });
        const written = expandedText(text, 'x.yaml');
        expect(expandedText(written, 'x.yaml')).toBe(written);
        expect(plain(written)).toEqual(layers);
        const nodesOf = (given: string) => {
          const { graph, diagnostics } = checkSpec(given, 'x.yaml');
          expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
          const nodes = graph!.nodes.map(({ range: _range, scope: _scope, ...node }) => node);
          return { nodes, inputs: graph!.inputs, outputs: graph!.outputs, seed: graph!.seed };
        };
        // Names, shapes, seeds inside the calls, and all else.
        expect(nodesOf(written)).toEqual(nodesOf(text));
        graphs++;
      }),
      { numRuns: 60 },
    );
    expect(graphs).toBeGreaterThan(30);
  });

  test('know the way that their layers came through', () => {
    fc.assert(
      fc.property(programs, (program) => {
        for (const { name, scope } of expand(JSON.stringify(program)).expanded.steps) {
          let prefix = '';
          for (const part of scope) {
            expect(part.name.startsWith(prefix)).toBe(true);
            const turn =
              part.kind === 'repeat' ? `${part.index}/` : part.kind === 'parallel' ? `${part.branch}/` : '';
            prefix = `${part.name}/${turn}`;
            if (part.kind === 'block') expect(Object.keys(part.params)).toEqual(['n', 'm']);
          }
          expect(name.startsWith(prefix)).toBe(true);
          expect(name.slice(prefix.length)).not.toContain('/');
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('what is written out can say everything', () => {
  const text = JSON.stringify({
    name: 'everything',
    description: '$${x} and "quotes", with a line\nbreak',
    seed: 7,
    params: { w: 3 },
    inputs: { left: [4, '${w}'], right: [12] },
    layers: [
      { type: 'flatten', from: 'left', name: 'flat' },
      { type: 'add', from: ['flat', 'right'], name: 'sum' },
      {
        type: 'dense',
        units: '${w * 2}',
        name: 'a',
        kernelInitializer: { type: 'randomNormal', stddev: 1e-7 },
      },
      { type: 'dense', units: 2, from: 'sum', name: 'b' },
    ],
    outputs: ['b', 'a'],
    expect: { parameters: '${12 * 6 + 6 + 12 * 2 + 2}', output: { a: [6] } },
  });
  const written = expandedText(text, 'x.yaml');
  expect(expandedText(written, 'x.yaml')).toBe(written);
  const { expanded } = expand(written);
  expect(expanded.description).toBe('${x} and "quotes", with a line\nbreak');
  expect(expanded.seed).toBe(7);
  expect(expanded.inputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['left', [4, 3]],
    ['right', [12]],
  ]);
  expect(expanded.outputs?.map(({ name }) => name)).toEqual(['b', 'a']);
  expect(printExpanded(expanded)).toBe(written);
});
