/** The facts that a spec states about its model, against the model. */
import { formatShape, type Shape } from '../layers/index.js';
import type { Amount, ExpandedSpec } from '../spec/expand/expanded-spec.js';
import { didYouMean } from '../spec/suggest.js';
import type { ModelGraph } from './model-graph.js';
import type { Report } from './report.js';
import { type SummaryRow, summarizeGraph } from './summary.js';

export function checkExpectations(
  { expect, outputs }: ExpandedSpec,
  graph: ModelGraph,
  report: Report,
): void {
  if (expect === undefined) return;
  const { rows, totals } = summarizeGraph(graph);
  checkAmount('parameters', expect.parameters, totals.parameters, rows, report);
  checkAmount('multiplyAdds', expect.multiplyAdds, totals.multiplyAdds, rows, report);
  if (expect.output === undefined) return;
  const shapes = new Map(graph.nodes.map((node) => [node.name, node.outputShape]));
  const found = (outputs ?? []).map(({ label, name }) => ({ label, shape: shapes.get(name)! }));
  if (!isShape(expect.output)) {
    for (const [label, wanted] of Object.entries(expect.output)) {
      const output = found.find((candidate) => candidate.label === label);
      if (output === undefined)
        reportUnknown(
          label,
          found.map((candidate) => candidate.label),
          report,
        );
      else checkShape(['expect', 'output', label], `the output '${label}'`, wanted, output.shape, report);
    }
  } else if (found.length === 1) {
    checkShape(['expect', 'output'], 'the output', expect.output, found[0]!.shape, report);
  } else {
    report({
      code: 'expectation-failed',
      message: `expect.output: expected one output, but the model has ${found.length}`,
      path: ['expect', 'output'],
      hint: `write { ${found.map(({ label, shape }) => `${label}: [${shape.join(', ')}]`).join(', ')} }`,
    });
  }
}

const isShape = (output: Shape | Readonly<Record<string, Shape>>): output is Shape => Array.isArray(output);

const count = (value: number) => value.toLocaleString('en-US');

/** Layers that are named where a sum is not what it should be. */
const largestShown = 3;

function checkAmount(
  key: 'parameters' | 'multiplyAdds',
  wanted: Amount | undefined,
  found: number,
  rows: readonly SummaryRow[],
  report: Report,
): void {
  if (wanted === undefined) return;
  const { min = -Infinity, max = Infinity } =
    typeof wanted === 'number' ? { min: wanted, max: wanted } : wanted;
  if (found >= min && found <= max) return;
  const what = key === 'parameters' ? 'parameters' : 'multiply-adds';
  const bound =
    typeof wanted === 'number'
      ? count(wanted)
      : found < min
        ? `at least ${count(min)}`
        : `at most ${count(max)}`;
  const largest = [...rows].sort((a, b) => b[key] - a[key]).slice(0, largestShown);
  const shown = largest.filter((row) => row[key] > 0).map((row) => `${row.name} ${count(row[key])}`);
  report({
    code: 'expectation-failed',
    message: `expect.${key}: expected ${bound} ${what}, but the model has ${count(found)}`,
    path: ['expect', key],
    ...(typeof wanted === 'number' && { hint: `write ${found} if that is as it should be` }),
    ...(shown.length > 0 && { notes: [`the largest layers: ${shown.join(', ')}`] }),
  });
}

function checkShape(
  path: readonly string[],
  what: string,
  wanted: Shape,
  found: Shape,
  report: Report,
): void {
  if (formatShape(wanted) === formatShape(found)) return;
  report({
    code: 'expectation-failed',
    message: `${path.join('.')}: expected ${formatShape(wanted)}, but ${what} is ${formatShape(found)}`,
    path,
  });
}

function reportUnknown(label: string, known: readonly string[], report: Report): void {
  report({
    code: 'expectation-failed',
    message: `expect.output: the model has no output '${label}'`,
    path: ['expect', 'output', label],
    at: 'key',
    hint: didYouMean(label, known) ?? `its outputs are ${known.join(', ')}`,
  });
}
