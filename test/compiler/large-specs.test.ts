/** What a spec of many layers costs, in CPU time of this process alone. */
import { describe, expect, test } from 'vitest';
import { residualSpec } from '../../bench/large-specs.js';
import { checkSpec, compileSpec, emitTypeScript, expandedText } from '../../src/compiler/index.js';

/** The least of a few runs, in seconds: the machine may be busy with other things in each of them. */
async function cost(action: () => unknown): Promise<number> {
  const costs: number[] = [];
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    await action();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1e6);
  }
  return Math.min(...costs);
}

const check = (layers: number) => () => {
  const { graph } = checkSpec(residualSpec(layers), 'residual.yaml');
  expect(graph?.nodes.length).toBe(layers);
};

describe('a residual network of a thousand layers', () => {
  test('is checked in less than a second', async () => {
    expect(await cost(check(1000))).toBeLessThan(1);
  });

  test('is compiled to TypeScript, or written out, in less than three', async () => {
    const text = residualSpec(1000);
    expect(await cost(() => emitTypeScript(compileSpec(text, 'residual.yaml')))).toBeLessThan(3);
    expect(await cost(() => expandedText(text, 'residual.yaml'))).toBeLessThan(3);
  });

  test('costs a fifth of one of five thousand, or not much more than that', async () => {
    const [small, large] = [await cost(check(1000)), await cost(check(5000))];
    expect(large / small).toBeLessThan(10);
  });
});
