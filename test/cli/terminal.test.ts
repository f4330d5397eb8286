import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { screenOf, screenText } from '../../scripts/terminal-screen.js';
import {
  formatBytes,
  formatClock,
  formatDuration,
  formatLarge,
  formatMetric,
  formatTable,
  labelled,
  visibleWidth,
  wrapText,
} from '../../src/cli/format.js';
import { openLiveLine } from '../../src/cli/live-line.js';
import type { Output } from '../../src/cli/terminal.js';
import { epochLine, headerLines, stepLine } from '../../src/cli/training-display.js';
import type { StartEvent } from '../../src/runtime/training/events.js';
import { fc } from '../property.js';
import { bin, hasEscapes, run, temporaryFolder, tinySpec } from './cli.js';

/** A terminal of a width that can change, which keeps what was written. */
function fakeOutput(columns: number) {
  let width = columns;
  let written = '';
  const listeners = new Set<() => void>();
  const output: Output = {
    colors: picocolors.createColors(true),
    live: true,
    columns: () => width,
    write: (data) => {
      written += data;
    },
    line: (text = '') => output.write(`${text}\n`),
    onResize: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    output,
    written: () => written,
    resize: (columns: number) => {
      width = columns;
      for (const listener of listeners) listener();
    },
    listeners,
  };
}

describe('a live line', () => {
  it('is drawn over and over, and leaves settled lines above it', () => {
    const { output, written, listeners } = fakeOutput(40);
    const live = openLiveLine(output);
    for (let i = 0; i <= 100; i++) live.draw(() => `step ${i}`, true);
    expect(screenText(screenOf(written(), 40))).toEqual(['step 100']);
    expect(screenOf(written(), 40).cursorVisible).toBe(false);
    live.settle('epoch 1 done');
    live.draw(() => 'step 1', true);
    expect(screenText(screenOf(written(), 40))).toEqual(['epoch 1 done', 'step 1']);
    live.close();
    expect(screenText(screenOf(written(), 40))).toEqual(['epoch 1 done', '']);
    expect(screenOf(written(), 40).cursorVisible).toBe(true);
    expect(listeners.size).toBe(0);
  });

  it('wipes all rows that a line took after the window became narrower', () => {
    const { output, written, resize } = fakeOutput(60);
    const live = openLiveLine(output);
    live.draw(() => 'x'.repeat(59), true);
    resize(20);
    // The terminal itself wraps the old line at 20 columns, so what was written is looked at in that width.
    live.draw(() => 'short', true);
    expect(screenText(screenOf(written(), 20)).filter((row) => row !== '')).toEqual(['short']);
    live.close();
  });

  it('does not draw more often than can be seen', () => {
    const { output, written } = fakeOutput(60);
    const live = openLiveLine(output);
    for (let i = 0; i < 1000; i++) live.draw(() => `step ${i}`);
    live.close();
    expect(written().split('step').length).toBeLessThan(20);
  });

  it('writes settled lines alone where the output is no terminal', () => {
    const { output, written } = fakeOutput(60);
    const live = openLiveLine({ ...output, live: false });
    live.draw(() => 'step 1', true);
    live.settle('epoch 1');
    live.settle();
    live.close();
    expect(written()).toBe('epoch 1\n');
  });
});

const start: StartEvent = {
  type: 'start',
  name: 'lenet5',
  parameters: 62006,
  seed: 42,
  dataset: { name: 'cifar10', origin: 'cache', synthetic: false, train: 50000, validation: 10000 },
  engine: 'tfjs',
  backend: 'wasm',
  backendDescription: 'wasm, SIMD, 1 thread',
  engineReason: null,
  folder: 'runs/lenet5',
  resumed: null,
  movedOld: null,
  firstEpoch: 1,
  lastEpoch: 5,
  stepsPerEpoch: 1563,
};

const header = { cost: undefined, noun: 'image', program: 'npx speccc', bundled: false } as const;

describe('lines of a training run', () => {
  it('are as the design shows them where there is room', () => {
    const { output } = fakeOutput(140);
    const step = stepLine(
      {
        type: 'step',
        epoch: 2,
        step: 640,
        stepsPerEpoch: 1563,
        values: { loss: 1.8412, accuracy: 0.3167 },
        stepsPerSecond: 53.2,
      },
      start,
      139,
      output,
    );
    expect(stripVTControlCharacters(step)).toBe(
      'epoch 2/5  ━━━━━━━━────────────  640/1563  53 steps/s  0:17 left  loss 1.8412  accuracy 0.3167',
    );
    const epoch = epochLine(
      {
        type: 'epoch',
        epoch: 1,
        lastEpoch: 5,
        values: { epoch: 1, loss: 2.0684, accuracy: 0.2138, val_loss: 1.9108, val_accuracy: 0.2881 },
        seconds: 29.4,
        stepsPerSecond: 53.2,
        best: true,
      },
      1563,
      140,
      output,
    );
    expect(stripVTControlCharacters(epoch)).toBe(
      'epoch 1/5  ━━━━━━━━━━━━━━━━━━━━ 1563/1563  53 steps/s  loss 2.0684  accuracy 0.2138  val_loss 1.9108  val_accuracy 0.2881  best',
    );
  });

  it('fit into any width, whatever the numbers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 200 }),
        fc.integer({ min: 1, max: 100000 }),
        fc.dictionary(
          fc.constantFrom('loss', 'accuracy', 'topKCategoricalAccuracy', 'precision'),
          fc.double(),
        ),
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        (columns, steps, values, stepsPerSecond) => {
          const { output } = fakeOutput(columns);
          const event = { type: 'step', epoch: 3, step: Math.ceil(steps / 2), stepsPerEpoch: steps } as const;
          const line = stepLine({ ...event, values, stepsPerSecond }, start, columns - 1, output);
          expect(visibleWidth(line)).toBeLessThan(columns);
        },
      ),
    );
  });

  it('of an epoch keep every number in 80 columns', () => {
    const { output } = fakeOutput(80);
    for (const lastEpoch of [5, 50, 500]) {
      const line = epochLine(
        {
          type: 'epoch',
          epoch: lastEpoch,
          lastEpoch,
          values: { epoch: 1, loss: 2.0684, accuracy: 0.2138, val_loss: 1.9108, val_accuracy: 0.2881 },
          seconds: 29.4,
          stepsPerSecond: 53.2,
          best: true,
        },
        1563,
        80,
        output,
      );
      const plain = stripVTControlCharacters(line);
      expect(plain.length).toBeLessThan(80);
      for (const part of ['loss 2.068', 'accuracy 0.214', 'val_loss 1.911', 'val_accuracy 0.288', 'best']) {
        expect(plain).toContain(part);
      }
    }
  });

  it('of the header say where a run goes on, and that data is made up', () => {
    const { output } = fakeOutput(100);
    const lines = headerLines(
      {
        ...start,
        dataset: { ...start.dataset, name: 'synthetic', synthetic: true },
        resumed: { checkpoint: 'last', epochs: 2, steps: 640 },
        firstEpoch: 3,
      },
      { ...header, bundled: true },
      output,
    ).map(stripVTControlCharacters);
    expect(lines).toContain('run      runs/lenet5, going on in epoch 3 after step 640');
    expect(lines.join('\n')).toContain('made up by a program');
    expect(lines.join('\n')).toContain('lenet5, which comes with speccc');
  });

  it.each([
    ['that was asked for', {}, 'tfjs on wasm, SIMD, 1 thread'],
    [
      'that is the fastest',
      { engine: 'compiled', backend: 'compiled', engineReason: 'the fastest here' },
      'compiled on wasm, SIMD, 1 thread (the fastest here)',
    ],
    [
      'that is slow',
      {
        engineReason:
          "the compiled engine does not cover it: lstm 'cells' is a layer that only tfjs can compute",
      },
      "tfjs on wasm, SIMD, 1 thread (the compiled engine does not cover it: lstm 'cells' is a layer that only tfjs can compute; no native TensorFlow here, `npx speccc doctor` says why)",
    ],
    [
      'with a GPU',
      {
        backend: 'tfjs-node-gpu',
        backendDescription: 'TensorFlow 2.9.1 on a GPU',
        engineReason: 'there is a GPU',
      },
      'tfjs on TensorFlow 2.9.1 on a GPU (there is a GPU)',
    ],
  ])('of the header say of an engine %s why it was taken', (_, engine, words) => {
    const { output } = fakeOutput(300);
    const lines = headerLines({ ...start, ...engine }, header, output).map(stripVTControlCharacters);
    expect(lines).toContain(`engine   ${words}`);
  });
});

describe('formats', () => {
  it('of numbers', () => {
    expect([651720, 12.3e9, 999, 99_999].map(formatLarge)).toEqual(['0.65 M', '12.3 G', '999', '99,999']);
    expect([0, 999, 170_052_171, 2e9].map(formatBytes)).toEqual(['0 B', '999 B', '170 MB', '2.00 GB']);
    expect([0, 17.4, 725, 3723].map(formatClock)).toEqual(['0:00', '0:17', '12:05', '1:02:03']);
    expect([0.84, 29.4, 161, 3780].map(formatDuration)).toEqual(['0.8 s', '29 s', '2 min 41 s', '1 h 3 min']);
    expect([1.49512, 0, null, 4e-7, 1e9, Number.NaN].map((value) => formatMetric(value))).toEqual([
      '1.4951',
      '0.0000',
      '–',
      '4.000e-7',
      '1.000e+9',
      'NaN',
    ]);
  });

  it('of tables align what is coloured like what is not', () => {
    const { bold } = picocolors.createColors(true);
    const lines = formatTable(
      [
        [bold('a'), '1'],
        ['bbb', '22'],
      ],
      { right: [1] },
    );
    expect(lines.map(stripVTControlCharacters)).toEqual(['a     1', 'bbb  22']);
  });

  it('of paragraphs keep every word and no line too wide', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '…'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 20, max: 100 }), (words, width) => {
        const lines = wrapText(words.join(' '), width);
        expect(lines.join(' ').split(' ').filter(Boolean)).toEqual(words);
        for (const line of lines) expect(visibleWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
    expect(labelled('run', 'one two three four five six seven', 32)).toBe(
      'run      one two three four five\n         six seven',
    );
  });
});

const hasScript = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasScript)('in a pseudo terminal (script of util-linux)', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.yaml'), tinySpec);
  const inTerminal = async (args: string, columns: number, env = {}) => {
    const command = `stty cols ${columns}; exec '${process.execPath}' '${bin}' ${args}`;
    const { code, stdout } = await run('script', ['-qec', command, '/dev/null'], { cwd, env });
    return { code, stdout: stdout.replaceAll('\r\n', '\n') };
  };

  it('train draws a bar that becomes a line, and gives the cursor back', async () => {
    const { code, stdout } = await inTerminal('train tiny.yaml --out one', 140);
    expect(code).toBe(0);
    const screen = screenOf(stdout, 140);
    const rows = screenText(screen);
    expect(screen.cursorVisible).toBe(true);
    expect(stdout).toContain('\u001b[2K');
    expect(stdout).toMatch(/━+.*─.*[0-3]\/4/);
    expect(rows.filter((row) => row.startsWith('epoch '))).toEqual([
      expect.stringMatching(/^epoch 1\/2 {2}━{20} 4\/4 .* val_accuracy 0\.\d{4}( {2}best)?$/),
      expect.stringMatching(/^epoch 2\/2 {2}━{20} 4\/4 .* val_accuracy 0\.\d{4}( {2}best)?$/),
    ]);
    expect(rows.join('\n')).not.toMatch(/loading|validating| left/);
  });

  it('nothing is drawn over where TERM is dumb, and nothing coloured with NO_COLOR', async () => {
    const dumb = await inTerminal('train tiny.yaml --out two', 120, { TERM: 'dumb' });
    expect(dumb.code).toBe(0);
    expect(hasEscapes(dumb.stdout)).toBe(false);
    const plain = await inTerminal('validate tiny.yaml', 120, { NO_COLOR: '1' });
    expect(plain.stdout).toBe('ok  tiny.yaml  3 layers\n');
    expect(hasEscapes((await inTerminal('validate tiny.yaml', 120)).stdout)).toBe(true);
  });
});

describe('a reader that goes away', () => {
  it('ends the command quietly', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'tiny.yaml'), tinySpec);
    for (const args of ['explain', 'schema', 'train tiny.yaml --json']) {
      const { stdout, stderr } = await run(
        'bash',
        ['-c', `'${process.execPath}' '${bin}' ${args} | head -1; echo "code \${PIPESTATUS[0]}"`],
        { cwd },
      );
      expect(stderr).toBe('');
      expect(stdout).toMatch(/code (0|130)\n$/);
    }
  });
});
