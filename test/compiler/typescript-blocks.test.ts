/** Blocks of a spec as functions of the printed file, which makes the very model that is built in memory. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { emitTypeScript } from '../../src/compiler/typescript.js';
import { buildModel } from '../../src/runtime/build-model.js';
import { fc } from '../property.js';
import { specGraphs } from './example-graphs.js';
import { expectFormatted, runPrinted, typeErrors } from './printed-modules.js';
import { randomNetwork } from './random-networks.js';
import { identityOf } from './same-model.js';
import { type Builder, inceptionNetwork, residualNetwork, scopedGraph, vggNetwork } from './scoped-graphs.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

const printed = new Map<string, string>();

/** Prints the graph, and holds the model that the text makes against the one that is built in memory. */
async function printChecked(graph: ModelGraph): Promise<string> {
  const text = await emitTypeScript(graph);
  printed.set(graph.name, text);
  const [built, made] = [buildModel(tf, graph), (await runPrinted(text, tf)).create()];
  expect(await identityOf(made, graph)).toEqual(await identityOf(built, graph));
  built.dispose();
  made.dispose();
  return text;
}

/** The functions of a file by their names, in their order; `create…` is `create`. */
function functionsOf(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/^(?:export )?function (create)?(\w+)[\s\S]*?^\}/gm);
  return Object.fromEntries([...found].map(([source, create, name]) => [create ?? name!, source]));
}

describe('networks that people build of blocks', () => {
  test('a residual network: the projection is there where the stride says so', async () => {
    const text = await printChecked(residualNetwork('residual', [8, 8, 3], [4, 8]));
    const { basic, create } = functionsOf(text);
    expect(Object.keys(functionsOf(text))).toEqual(['basic', 'create', 'seedOf']);
    expect(basic).toContain(
      'function basic(input: tf.SymbolicTensor, { name, filters, stride }: BasicOptions)',
    );
    expect(basic).toMatch(/let bn = input;\n {2}if \(stride !== 1\) \{\n[\s\S]*? {4}bn = tf\.layers\.batch/);
    expect(basic).toContain('strides: stride');
    expect(create).toContain(
      "  const stage2Unit1 = basic(stage1Unit2, { name: 'stage2_unit1', filters: 8, stride: 2 });\n",
    );
  });

  test('an Inception network: units within units', async () => {
    const text = await printChecked(inceptionNetwork('inception', [8, 8, 3], [4, 6]));
    const { inception } = functionsOf(text);
    expect(Object.keys(functionsOf(text))).toEqual(['unit', 'inception', 'create', 'seedOf']);
    expect(inception).toContain(
      'const join1Unit1 = unit(input, { name: `${name}/join/1/unit_1`, filters, kernelSize: 1, stride });\n',
    );
  });

  test('a chain: blocks add to a sequential model, and its first layer is told the shape of the input', async () => {
    const graph = vggNetwork(
      'vgg',
      [8, 8, 3],
      [
        [3, 2],
        [4, 3],
      ],
    );
    const text = await printChecked(graph);
    const { addUnit, addStage, create } = functionsOf(text);
    expect(Object.keys(functionsOf(text))).toEqual(['addUnit', 'addStage', 'create', 'inputOf', 'seedOf']);
    expect(addUnit).toContain('name: `${name}/conv`,\n      ...inputOf(model),\n      filters,');
    expect(addStage).toContain('  for (let index = 0; index < units; index++) {\n    addUnit(model, {');
    expect(create).toContain("\n  addStage(model, { name: 'stage2', filters: 4, units: 3 });\n");
  });

  test('500 residual units in a loop', async () => {
    const graph = scopedGraph('deep', { input: [2] }, (root) =>
      root.repeat('units', 500, 'input', (turn, input) =>
        turn.layer('add', 'sum', [turn.layer('dense', 'dense', input, { units: 2 }), input]),
      ),
    );
    const start = performance.now();
    const { create } = functionsOf(await emitTypeScript(graph));
    expect(performance.now() - start).toBeLessThan(3000);
    expect(create).toContain('  let units = input;\n  for (let index = 0; index < 500; index++) {\n');
    expect(create).toContain(
      '    units = tf.layers.add({ name: `units/${index}/sum` }).apply([dense, units]) as',
    );
    expect(create).toContain("  return tf.model({ name: 'deep', inputs: input, outputs: units });");
  });
});

test('ResNet-18 is printed as test/golden/resnet18.ts has it (`npx vitest run -u` renews it)', async () => {
  const { graph } = specGraphs().find(({ title }) => title === 'resnet18')!;
  const text = await emitTypeScript(graph, { version: '0.0.0' });
  await expect(text).toMatchFileSnapshot('../golden/resnet18.ts');
});

describe('what differs between the uses of a block', () => {
  const dense = (units: number, options: object = {}) => ({ units, ...options });

  test('is a param of the block, a multiple of one, or a parameter of the function', async () => {
    const graph = scopedGraph('differences', { input: [4] }, (root) => {
      const use = (
        name: string,
        from: string,
        width: number,
        activation: string,
        size: readonly [number, number],
      ) =>
        root.block('narrow', name, from, { width, always: 3 }, (inside, [input]) => {
          const wide = inside.layer('dense', 'wide', input!, dense(width * 4, { activation }));
          const same = inside.layer(
            'dense',
            'same',
            wide,
            dense(size[0] * size[1], { trainable: width === 2 }),
          );
          return inside.layer(
            'flatten',
            'flat',
            inside.layer('reshape', 'shape', same, { targetShape: [...size] }),
          );
        });
      return use('b', use('a', 'input', 2, 'relu', [2, 3]), 5, 'tanh', [4, 1]);
    });
    const text = await printChecked(graph);
    expect(text).toContain(
      [
        'interface NarrowOptions {',
        '  readonly name: string;',
        '  readonly width: number;',
        "  readonly activation: 'relu' | 'tanh';",
        '  readonly units: number;',
        '  readonly trainable: boolean;',
        '  readonly targetShape: [number, number];',
        '}',
      ].join('\n'),
    );
    expect(text).toContain('      units: width * 4,\n      activation,\n');
    expect(text).toContain(
      [
        '  addNarrow(model, {',
        "    name: 'b',",
        '    width: 5,',
        "    activation: 'tanh',",
        '    units: 4,',
        '    trainable: false,',
        '    targetShape: [4, 1],',
        '  });',
      ].join('\n'),
    );
  });

  test('is a second function where it is the structure', async () => {
    const graph = scopedGraph('structures', { input: [4] }, (root) => {
      const use = (name: string, from: string, dropped: boolean) =>
        root.block('unit', name, from, {}, (inside, [input]) =>
          inside.layer(dropped ? 'dropout' : 'dense', 'x', input!, dropped ? { rate: 0.5 } : dense(4)),
        );
      return [use('c', use('b', use('a', 'input', false), true), false), 'b/x'];
    });
    const { unit, unit_2, create } = functionsOf(await printChecked(graph));
    expect(unit).toContain('dense');
    expect(unit_2).toContain('dropout');
    expect(create).toMatch(
      /const a = unit\(input, 'a'\);[\s\S]*const b = unit_2\(a\);[\s\S]*const c = unit\(b, 'c'\)/,
    );
  });

  test('is a condition of its own where no param says what is there', async () => {
    const graph = scopedGraph('flags', { input: [4] }, (root) => {
      const use = (name: string, from: string, width: number, noise: boolean) =>
        root.block('unit', name, from, { width }, (inside, [input]) => {
          const value = noise ? inside.layer('gaussianNoise', 'noise', input!, { stddev: 0.1 }) : input!;
          return inside.layer('dense', 'out', value, dense(width));
        });
      const [a, b] = [use('a', 'input', 2, true), use('b', 'input', 2, false)];
      return root.layer('add', 'sum', [a, b]);
    });
    const { unit, create } = functionsOf(await printChecked(graph));
    expect(unit).toContain('{ name, withNoise }: UnitOptions');
    expect(unit).toMatch(/let noise = input;\n {2}if \(withNoise\) \{\n {4}noise = tf\.layers/);
    expect(create).toContain("  const b = unit(input, { name: 'b', withNoise: false });\n");
  });
});

describe('values', () => {
  test('of several inputs have the names that the block gives them', async () => {
    const graph = scopedGraph('inputs', { left: [4], right: [4] }, (root) => {
      const use = (name: string, from: readonly string[]) =>
        root.block('mix', name, from, {}, (inside, [one, other]) => {
          const turned = inside.layer('dense', 'turned', other!, { units: 4 });
          return inside.layer('add', 'sum', [one!, turned]);
        });
      const [a, b] = [use('a', ['left', 'right']), use('b', ['right', 'left'])];
      return [root.layer('add', 'sum', [a, b]), use('c', [a, a])];
    });
    const { mix, create } = functionsOf(await printChecked(graph));
    expect(mix).toContain('function mix(side0: tf.SymbolicTensor, side1: tf.SymbolicTensor, name: string)');
    expect(create).toContain("const b = mix(right, left, 'b');");
    expect(create).toContain("const c = mix(a, a, 'c');");
  });

  test('that leave a block by more than its output make it plain layers', async () => {
    const graph = scopedGraph('leaks', { input: [4] }, (root) => {
      const out = root.block('unit', 'a', 'input', {}, (inside, [input]) =>
        inside.layer('dense', 'last', inside.layer('dense', 'first', input!, { units: 4 }), { units: 4 }),
      );
      return root.layer('add', 'sum', [out, 'a/first']);
    });
    expect(Object.keys(functionsOf(await printChecked(graph)))).toEqual(['create']);
  });

  test('that a turn takes from an earlier one than the last keep the turns apart', async () => {
    const graph = scopedGraph('turns', { input: [4] }, (root) => {
      const made: string[] = [];
      const last = root.repeat('turns', 3, 'input', (turn, input, index) => {
        const from = index < 2 ? [input, 'input'] : [input, made[0]!];
        made.push(turn.layer('add', 'sum', [turn.layer('dense', 'dense', from[0]!, { units: 4 }), from[1]!]));
        return made.at(-1)!;
      });
      return [last, made[1]!];
    });
    const { create } = functionsOf(await printChecked(graph));
    expect(create).not.toContain('for (');
    expect(create).toContain('.apply([turns2Dense, turns0Sum])');
  });

  test('of loops in loops are carried from turn to turn', async () => {
    const graph = scopedGraph('loops', { input: [4] }, (root) =>
      root.repeat('outer', 2, 'input', (outer, input) => {
        const inner = outer.repeat('inner', 3, input, (turn, value) =>
          turn.layer('add', 'sum', [turn.layer('dense', 'dense', value, { units: 4 }), value]),
        );
        return outer.layer('add', 'around', [inner, input]);
      }),
    );
    const { create } = functionsOf(await printChecked(graph));
    expect(create).toContain(
      [
        '  let outer = input;',
        '  for (let index = 0; index < 2; index++) {',
        '    let inner = outer;',
        '    for (let index_2 = 0; index_2 < 3; index_2++) {',
      ].join('\n'),
    );
  });
});

describe('seeds', () => {
  test('of all weights of a layer are known by their names', async () => {
    const graph = scopedGraph('recurrent', { input: [3, 2] }, (root) => {
      const use = (name: string, from: string) =>
        root.block('unit', name, from, {}, (inside, [input]) => {
          const steps = inside.layer('lstm', 'steps', input!, { units: 2, returnSequences: true });
          return inside.layer('bidirectional', 'both', steps, {
            layer: { type: 'gru', units: 3, returnSequences: true },
          });
        });
      return use('b', use('a', 'input'));
    });
    const text = await printChecked(graph);
    for (const weight of ['steps/kernel', 'steps/recurrent', 'both/layer.kernel', 'both/layer.recurrent']) {
      expect(text).toContain(`seedOf(\`\${name}/${weight}\`)`);
      expect(text).toMatch(new RegExp(`^  'b/${weight}': \\d+,$`, 'm'));
    }
  });

  test('that the spec itself has stay where they are', async () => {
    const graph = scopedGraph('own-seeds', { input: [3] }, (root) => {
      const use = (name: string, from: string, seed: number) =>
        root.block('unit', name, from, {}, (inside, [input]) => {
          const fixed = { units: 3, kernelInitializer: { type: 'heNormal', seed: 5 } };
          const own = { units: 3, kernelInitializer: { type: 'heNormal', seed } };
          return inside.layer('dense', 'own', inside.layer('dense', 'fixed', input!, fixed), own);
        });
      return use('b', use('a', 'input', 6), 7);
    });
    const text = await printChecked(graph);
    expect(text).toContain('heNormal({ seed: 5 })');
    expect(text).toContain('heNormal({ seed })');
    expect(text).toContain("addUnit(model, { name: 'b', seed: 7 });");
    expect(text).not.toContain('seedOf');
  });
});

test('blocks and layers may have the names of everything in the file', async () => {
  const names = [
    'tf',
    'model',
    'name',
    'seedOf',
    'seeds',
    'inputShape',
    'input',
    'index',
    'create',
    'Options',
    '9',
  ];
  for (const merged of [true, false]) {
    const graph = scopedGraph(`names-${merged}`, { input: [3] }, (root) => {
      let value = 'input';
      for (const block of names) {
        for (const use of [`${block}_1`, block === 'input' ? 'input_2' : block]) {
          value = root.block(block, use, value, { [block]: use.length }, (inside, [input]) => {
            const own = inside.layer('dense', block, input!, { units: use.length });
            return inside.layer('dense', `${block}_`, own, { units: 3 });
          });
        }
      }
      return merged ? root.layer('add', 'sum', [value, 'input']) : value;
    });
    const { create } = functionsOf(await printChecked(graph));
    expect(create).toMatch(merged ? /\btf_2\(/ : /\baddTf\(/);
  }
});

test('a block inside itself, and two blocks inside each other, are plain layers in it', async () => {
  const graph = scopedGraph('circles', { input: [3] }, (root) => {
    const unit = (at: Builder, block: string, name: string, from: string, inner?: string): string =>
      at.block(block, name, from, {}, (inside, [input]) => {
        const value = inner === undefined ? input! : unit(inside, inner, 'inner', input!);
        return inside.layer('dense', 'dense', value, { units: 3 });
      });
    return unit(root, 'b', 'four', unit(root, 'a', 'three', unit(root, 'a', 'one', 'input', 'a'), 'b'), 'a');
  });
  await printChecked(graph);
});

test('the words of a block stand above its function', async () => {
  const graph = scopedGraph('words', { input: [3] }, (root) =>
    root.block(
      'unit',
      'a',
      'input',
      {},
      (inside, [input]) => inside.layer('dense', 'x', input!, { units: 3 }),
      'Looks */ at\nit twice',
    ),
  );
  expect(await printChecked(graph)).toContain(
    "/**\n * Looks *\\/ at\n * it twice.\n *\n * The block 'unit' of the spec, used once: 'a'.\n */\nfunction addUnit(model: tf.Sequential): void {\n",
  );
});

describe.each([
  ['with branches', false],
  ['in sequence', true],
])('networks %s at random', (_title, sequential) => {
  test('are the same printed as built', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        await printChecked({ ...randomNetwork(seed, sequential), name: `random-${seed}-${sequential}` });
      }),
      { numRuns: 40, seed: 11 },
    );
  });
});

test('every printed file passes tsc at its strictest', () => {
  expect(printed.size).toBeGreaterThan(60);
  expect(typeErrors(printed)).toEqual([]);
});

test('a formatter leaves every printed file as it is', async () => {
  await expectFormatted(printed);
});

test('no line is longer than 110 columns, and the random networks have everything in them', () => {
  const all = [...printed.values()].join('\n');
  expect(all.split('\n').filter((line) => line.length > 110)).toEqual([]);
  expect(all).toMatch(/^ {2}if \(mode !== [12]\)/m);
  expect(all).toMatch(/^ {2}for \(let index = 0; index < (turns|width)/m);
  expect(all).toMatch(/^ {4}for \(let index_2/m);
  expect(all).toMatch(/^function \w+_2\(/m);
  expect(all).toMatch(/units: width,/);
});
