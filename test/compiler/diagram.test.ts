/** Every spec that comes along, drawn in every format: nothing is missing, and the texts are what they say. */
import { readdirSync, readFileSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { compileSpec, drawGraph } from '../../src/compiler/index.js';
import { anyText, fc } from '../property.js';

const folder = new URL('../../specs/', import.meta.url);
const graphs = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [name, compileSpec(readFileSync(new URL(name, folder), 'utf8'), name)] as const);
/** Only the form is looked at, and the fonts of a system take long to be read. */
const noFonts = { font: { loadSystemFonts: false } };
const everyBlock = Number.MAX_SAFE_INTEGER;

describe.each(graphs)('%s', (_name, graph) => {
  test('is drawn as SVG, which resvg reads, the same every time', () => {
    const svg = drawGraph(graph, { format: 'svg' });
    const { width, height } = new Resvg(svg, noFonts);
    expect(Math.min(width, height)).toBeGreaterThan(50);
    expect(drawGraph(graph, { format: 'svg' })).toBe(svg);
  });

  test.each(['mermaid', 'dot'] as const)(
    'has a box for each layer and an arrow for each input as %s',
    (format) => {
      const text = drawGraph(graph, { format, depth: everyBlock });
      const arrows = text.match(/-->|->/g) ?? [];
      const wanted = graph.nodes.reduce((sum, { inputs }) => sum + inputs.length, 0);
      expect(arrows.length).toBeGreaterThanOrEqual(wanted);
      for (const type of new Set(graph.nodes.map((node) => node.type))) {
        const boxes = text.match(new RegExp(`"${type}\\b`, 'g')) ?? [];
        expect(boxes).toHaveLength(graph.nodes.filter((node) => node.type === type).length);
      }
    },
  );
});

test('any name and description is text of a well-formed SVG', () => {
  const [, graph] = graphs[0]!;
  fc.assert(
    fc.property(anyText(), anyText(), (name, description) => {
      // resvg refuses whatever is not well-formed XML.
      new Resvg(drawGraph({ ...graph, name, description }, { format: 'svg' }), noFonts);
    }),
  );
  const svg = drawGraph({ ...graph, name: '<b>&"\'', description: ']]>\u0000 -->' }, { format: 'svg' });
  expect(svg).toContain('>&lt;b&gt;&amp;&quot;&apos;</text>');
  expect(svg).toContain('>]]&gt;\ufffd --&gt;</text>');
});

test('no text ends the quotes that it stands in, as Mermaid and DOT', () => {
  const [, graph] = graphs[0]!;
  const name = 'a"]; click b0 "x\\"\n%% <script>';
  const named = { ...graph, name, inputs: [{ ...graph.inputs[0]!, name }] };
  const text = (format: 'mermaid' | 'dot') => drawGraph(named, { format }).split('\n');
  expect(text('dot')).toContain('digraph "a\\"]; click b0 \\"x\\\\\\"\\n%% <script>" {');
  expect(text('mermaid')).toContain(
    '  b0(["input a#34;#93;#59; click b0 #34;x#92;#34; #37;#37; #60;script#62;"]):::input',
  );
});
