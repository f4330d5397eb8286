/**
 * The curves of a run as SVG and PNG. Vega-Lite lays out what `curve-chart.ts` describes, resvg paints it.
 * The same history gives the same bytes on every machine: text is measured with, and drawn in, the font
 * that comes with the package, and no font of the system is ever looked at.
 */
import type { TopLevelSpec } from 'vega-lite';
import { type CurveChartOptions, curveChart } from './curve-chart.js';
import { loadPlotFonts, type PlotFonts } from './font-metrics.js';
import type { HistoryRow } from './history.js';
import { paintSvg } from './paint-svg.js';

export type { CurveChartOptions } from './curve-chart.js';

export interface Curves {
  /** A complete document with a white background. */
  readonly svg: string;
  /** The same at twice the size in pixels. */
  readonly png: Uint8Array;
}

/**
 * Draws `history` as two plots side by side (accuracy, loss; more where there are more metrics), training
 * and validation in each, the best epoch marked. An empty history gives plots that say so; values that are
 * not finite are left out. @throws SpecccError `font-missing`
 */
export async function drawCurves(
  history: readonly HistoryRow[],
  options: CurveChartOptions,
): Promise<Curves> {
  const fonts = await loadPlotFonts();
  const svg = await renderSvg(curveChart(history, options, fonts), fonts);
  return { svg, png: await paintSvg(svg, fonts, 2) };
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

async function renderSvg(chart: TopLevelSpec, fonts: PlotFonts): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const { textMetrics } = vega as unknown as {
    textMetrics: { width: (item: TextItem, text: unknown) => number };
  };
  const logger = vega.logger(vega.None);
  const compiled = vegaLite.compile(chart, { logger });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logger });
  // Vega keeps its text measure in one global. Layout happens inside the synchronous `run`, so nobody else
  // who draws with Vega in this process sees ours.
  const measure = textMetrics.width;
  textMetrics.width = (item, text) => {
    const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
    return fonts[bold ? 'bold' : 'regular'].width(String(text ?? '').trim(), item.fontSize ?? 11);
  };
  try {
    view.run();
  } finally {
    textMetrics.width = measure;
  }
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
