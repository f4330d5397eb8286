import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { epochAxis, valueAxis } from '../../src/runtime/chart-axes.js';
import { curveColumns } from '../../src/runtime/curve-chart.js';
import { loadPlotFonts } from '../../src/runtime/font-metrics.js';
import type { HistoryRow } from '../../src/runtime/history.js';
import { drawCurves } from '../../src/runtime/plots.js';
import { fc } from '../property.js';

const history: readonly HistoryRow[] = [
  { epoch: 1, loss: 2.0684, accuracy: 0.2138, val_loss: 1.9108, val_accuracy: 0.2881 },
  { epoch: 2, loss: 1.8412, accuracy: 0.3287, val_loss: 1.7401, val_accuracy: 0.371 },
  { epoch: 3, loss: 1.7, accuracy: 0.38, val_loss: 1.7602, val_accuracy: 0.365 },
];

/** Text of an SVG, in document order. */
function texts(svg: string): readonly string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
}

/** The sizes of the image and how many pixels have one of the two line colours. */
async function paint(png: Uint8Array) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let blue = 0;
  let vermilion = 0;
  let dark = 0;
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
    if (r === 0x00 && g === 0x72 && b === 0xb2) blue++;
    if (r === 0xd5 && g === 0x5e && b === 0x00) vermilion++;
    if (r + g + b < 150) dark++;
  }
  return { width: info.width, height: info.height, blue, vermilion, dark };
}

describe('drawCurves', () => {
  it('draws both plots with both series, their last values, and the best epoch', async () => {
    const { svg, png } = await drawCurves(history, { title: 'lenet5', subtitle: 'cifar10, seed 42' });
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        'lenet5',
        'cifar10, seed 42',
        'accuracy',
        'loss',
        'training 0.380',
        'validation 0.365',
        'training 1.700',
        'validation 1.760',
      ]),
    );
    expect(texts(svg).filter((text) => text === 'best: epoch 2')).toHaveLength(2);
    const painted = await paint(png);
    const size = /width="(\d+)" height="(\d+)"/.exec(svg);
    expect([painted.width, painted.height]).toEqual([2 * Number(size?.[1]), 2 * Number(size?.[2])]);
    expect(painted.blue).toBeGreaterThan(3000);
    expect(painted.vermilion).toBeGreaterThan(3000);
    expect(painted.dark).toBeGreaterThan(500);
  });

  it('gives the same bytes again', async () => {
    const [one, two] = [
      await drawCurves(history, { title: 'lenet5' }),
      await drawCurves(history, { title: 'lenet5' }),
    ];
    expect(one.svg).toBe(two.svg);
    expect(Buffer.compare(one.png, two.png)).toBe(0);
  });

  it('marks the best epoch by the monitored column', async () => {
    const options = { title: 'x', monitor: { column: 'val_accuracy', mode: 'max' } } as const;
    const rising = history.map((row) => ({ ...row, val_accuracy: row.epoch / 10 }));
    expect(texts((await drawCurves(rising, options)).svg)).toContain('best: epoch 3');
  });

  it('draws a single epoch as points', async () => {
    const { svg, png } = await drawCurves(history.slice(0, 1), { title: 'x' });
    expect(texts(svg)).toContain('best: epoch 1');
    const painted = await paint(png);
    expect(painted.blue).toBeGreaterThan(100);
    expect(painted.vermilion).toBeGreaterThan(100);
  });

  it('draws training alone where nothing was validated', async () => {
    const { svg, png } = await drawCurves(
      history.map(({ epoch, loss, accuracy }) => ({ epoch, loss, accuracy }) as HistoryRow),
      { title: 'x' },
    );
    expect(texts(svg).some((text) => text.startsWith('validation'))).toBe(false);
    expect((await paint(png)).vermilion).toBe(0);
  });

  it('leaves out what is not finite and says where nothing is left', async () => {
    const rows = [NaN, Infinity].map((loss, i) => ({ epoch: i + 1, loss, accuracy: 0.1 }));
    const { svg } = await drawCurves(rows, { title: 'x' });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(texts(svg)).toContain('no value of this is finite');
    expect(texts((await drawCurves([], { title: 'x' })).svg)).toContain('no epoch has finished yet');
  });

  it('keeps markup in names as text', async () => {
    const { svg } = await drawCurves(history, { title: '<script>&"' });
    expect(svg).toContain('&lt;script&gt;&amp;');
    expect(svg).not.toContain('<script');
  });

  it('restores the text measure of Vega for others', async () => {
    const { textMetrics } = (await import('vega')) as unknown as { textMetrics: { width: unknown } };
    const before = textMetrics.width;
    await drawCurves(history, { title: 'x' });
    expect(textMetrics.width).toBe(before);
  });
});

describe('curveColumns', () => {
  it('has every metric, whatever its name, and the loss last', () => {
    const rows = [{ epoch: 1, loss: 1, categoricalAccuracy: 1, precision: 1, val_loss: 1, val_precision: 1 }];
    expect(curveColumns(rows)).toEqual(['categoricalAccuracy', 'precision', 'loss']);
    expect(curveColumns([])).toEqual(['loss']);
  });
});

describe('axes', () => {
  it('put round numbers around all values', () => {
    const finite = fc.double({ min: -1e299, max: 1e299, noNaN: true });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), (values) => {
        const { domain, ticks } = valueAxis(values);
        expect(domain[0]).toBeLessThan(domain[1]);
        const slack = (domain[1] - domain[0]) * 1e-6;
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(domain[0] - slack);
          expect(value).toBeLessThanOrEqual(domain[1] + slack);
        }
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(13);
        if (values.every((value) => value >= 0)) expect(domain[0]).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('tick whole epochs only, and not too many', () => {
    for (const last of [1, 2, 5, 9, 12, 50, 99, 230, 1000]) {
      const { ticks } = epochAxis(Array.from({ length: last }, (_, i) => i + 1));
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(13);
    }
    expect(epochAxis([1, 2, 3, 4, 5]).ticks).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('the font', () => {
  it('measures text as resvg draws it', async () => {
    const { regular, bold } = await loadPlotFonts();
    const { Resvg } = await import('@resvg/resvg-js');
    for (const [face, weight] of [
      [regular, 'normal'],
      [bold, 'bold'],
    ] as const) {
      for (const text of ['validation 0.455', 'lenet5: größer', 'MMMMiiii']) {
        const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="60"><text y="40" font-size="40" font-weight="${weight}" style="font-kerning:none">${text}</text></svg>`;
        const image = new Resvg(svg, {
          font: { loadSystemFonts: false, fontFiles: [face.file], defaultFontFamily: 'DejaVu Sans' },
        });
        const drawn = image.getBBox()!;
        // The ink is a little narrower than the advance widths: side bearings at both ends.
        expect(face.width(text, 40) - drawn.width).toBeGreaterThanOrEqual(-1);
        expect(face.width(text, 40) - drawn.width).toBeLessThan(8);
      }
    }
  });
});
