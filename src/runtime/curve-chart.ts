/**
 * What the curves of a run look like, as a Vega-Lite chart: one panel per metric and one for the loss. Axes,
 * ticks and label positions are worked out here, since labels that stand beside their lines must not collide.
 */
import type { TopLevelSpec } from 'vega-lite';
import { type Axis, epochAxis, valueAxis } from './chart-axes.js';
import type { PlotFonts } from './font-metrics.js';
import type { HistoryRow } from './history.js';

export interface CurveChartOptions {
  readonly title: string;
  /** A second, smaller line: data set, parameters. For synthetic data it must say so. */
  readonly subtitle?: string;
  /**
   * The column by which the best epoch is chosen and marked. Where it is left out: the lowest `val_loss`,
   * or the lowest `loss` in a history without validation.
   */
  readonly monitor?: { readonly column: string; readonly mode: 'min' | 'max' };
}

type Series = 'training' | 'validation';

interface Point {
  readonly epoch: number;
  readonly series: Series;
  readonly value: number;
}

interface Best {
  readonly epoch: number;
  readonly column: string;
  readonly value: number;
}

/** Okabe and Ito's blue and vermilion: told apart with the common colour-vision deficiencies, and in grey. */
const colours: Readonly<Record<Series, string>> = { training: '#0072B2', validation: '#D55E00' };
/** A second cue beside the colour. A diamond needs more area to weigh as much as a circle. */
const pointStyles = {
  training: { shape: 'circle', size: 44 },
  validation: { shape: 'diamond', size: 64 },
};
const ink = { strong: '#1b1f24', soft: '#57606a', faint: '#8c959f', grid: '#e4e8ec' };
const height = 240;
const labelSize = 11;
const labelPitch = 15;
/** With more epochs than this, a point each would hide the line. */
const mostPoints = 40;
/** Columns of a history that are no curve of the model. `loss` has its panel anyway. */
const otherColumns: ReadonlySet<string> = new Set(['epoch', 'seconds', 'loss']);

export function curveChart(
  history: readonly HistoryRow[],
  options: CurveChartOptions,
  fonts: PlotFonts,
): TopLevelSpec {
  const columns = curveColumns(history);
  const best = bestEpoch(history, options.monitor);
  const width = columns.length === 1 ? 560 : 370;
  const chart = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: describe(history, columns, options.title, best),
    background: 'white',
    padding: { left: 18, top: 16, right: 18, bottom: 14 },
    title: {
      text: options.title,
      ...(options.subtitle === undefined ? {} : { subtitle: options.subtitle }),
    },
    columns: 2,
    spacing: { column: 30, row: 34 },
    concat: columns.map((column) => panel(column, history, best, width)),
    config: theme(fonts.family),
  };
  return chart as TopLevelSpec;
}

/** The metrics in the order of the history's columns, then the loss. */
export function curveColumns(history: readonly HistoryRow[]): readonly string[] {
  const names = new Set(history.flatMap((row) => Object.keys(row)).map((key) => key.replace(/^val_/, '')));
  return [...[...names].filter((name) => !otherColumns.has(name)), 'loss'];
}

function bestEpoch(history: readonly HistoryRow[], monitor: CurveChartOptions['monitor']): Best | undefined {
  const validated = history.some((row) => isNumber(row.val_loss));
  const { column, mode } = monitor ?? { column: validated ? 'val_loss' : 'loss', mode: 'min' as const };
  return history.reduce<Best | undefined>((best, row) => {
    const value = row[column];
    if (!isNumber(value)) return best;
    const better = best === undefined || (mode === 'min' ? value < best.value : value > best.value);
    return better ? { epoch: row.epoch, column, value } : best;
  }, undefined);
}

/** Beyond this no axis can be drawn; a loss like that is as good as infinite. */
function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Math.abs(value) < 1e300;
}

function pointsOf(column: string, history: readonly HistoryRow[]): readonly Point[] {
  return history.flatMap((row) =>
    (['training', 'validation'] as const).flatMap((series) => {
      const value = row[series === 'training' ? column : `val_${column}`];
      return isNumber(value) ? [{ epoch: row.epoch, series, value }] : [];
    }),
  );
}

function panel(
  column: string,
  history: readonly HistoryRow[],
  best: Best | undefined,
  width: number,
): object {
  const points = pointsOf(column, history);
  const title = { text: column.replaceAll('_', ' '), fontSize: 13, offset: 8 };
  if (points.length === 0) {
    const text = history.length === 0 ? 'no epoch has finished yet' : 'no value of this is finite';
    const mark = { type: 'text', text, color: ink.soft, fontSize: 12 };
    return { title, width, height, data: { values: [{}] }, mark };
  }
  const x = epochAxis(history.map((row) => row.epoch));
  const y = valueAxis(points.map((point) => point.value));
  const series = [...new Set(points.map((point) => point.series))];
  const encoding = {
    x: {
      field: 'epoch',
      type: 'quantitative',
      title: 'epoch',
      scale: { domain: x.domain, nice: false, zero: false },
      axis: { values: x.ticks, format: x.format, labelOverlap: false },
    },
    y: {
      field: 'value',
      type: 'quantitative',
      title: null,
      scale: { domain: y.domain, nice: false, zero: false },
      axis: { values: y.ticks, format: y.format },
    },
    color: {
      field: 'series',
      type: 'nominal',
      scale: { domain: series, range: series.map((name) => colours[name]) },
      legend: null,
    },
    order: { field: 'epoch', type: 'quantitative' },
  };
  const dotted = series.filter((name) => points.filter((p) => p.series === name).length <= mostPoints);
  return {
    title,
    width,
    height,
    data: { values: points },
    layer: [
      ...bestMarks(best, x, width),
      { mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round' }, encoding },
      ...dotted.map((name) => ({
        transform: [{ filter: { field: 'series', equal: name } }],
        mark: {
          type: 'point',
          filled: true,
          opacity: 1,
          stroke: 'white',
          strokeWidth: 1,
          ...pointStyles[name],
        },
        encoding,
      })),
      ...bestRing(best, column, encoding),
      ...lineLabels(points, series, y, width),
    ],
  };
}

/** A dashed line at the best epoch, in every panel. */
function bestMarks(best: Best | undefined, x: Axis, width: number): readonly object[] {
  if (best === undefined) return [];
  const place = ((best.epoch - x.domain[0]) / (x.domain[1] - x.domain[0])) * width;
  const align = place < 50 ? 'left' : place > width - 50 ? 'right' : 'center';
  const at = { x: { datum: best.epoch, type: 'quantitative' } };
  const data = { values: [{}] };
  const text = `best: epoch ${best.epoch}`;
  return [
    { data, mark: { type: 'rule', color: ink.faint, strokeDash: [3, 3], strokeWidth: 1 }, encoding: at },
    {
      data,
      mark: { type: 'text', text, align, baseline: 'bottom', dy: -4, color: ink.soft },
      encoding: { ...at, y: { value: 0 } },
    },
  ];
}

/** A ring around the value that made its epoch the best one. */
function bestRing(
  best: Best | undefined,
  column: string,
  encoding: { x: object; y: object },
): readonly object[] {
  if (best === undefined || best.column.replace(/^val_/, '') !== column) return [];
  const color = colours[best.column.startsWith('val_') ? 'validation' : 'training'];
  return [
    {
      data: { values: [{ epoch: best.epoch, value: best.value }] },
      mark: { type: 'point', size: 170, filled: false, strokeWidth: 1.5, color, opacity: 1 },
      encoding: { x: encoding.x, y: encoding.y },
    },
  ];
}

/** Each line's name and last value to the right of the plot, moved apart where they would overlap. */
function lineLabels(
  points: readonly Point[],
  series: readonly Series[],
  y: Axis,
  width: number,
): readonly object[] {
  const [low, high] = y.domain;
  const labels = series
    .map((name) => {
      const last = points.findLast((point) => point.series === name)!;
      return { name, value: last.value, place: (1 - (last.value - low) / (high - low)) * height };
    })
    .sort((a, b) => a.place - b.place);
  const [upper, lower] = labels;
  if (upper !== undefined && lower !== undefined && lower.place - upper.place < labelPitch) {
    const middle = (upper.place + lower.place) / 2;
    upper.place = middle - labelPitch / 2;
    lower.place = middle + labelPitch / 2;
  }
  return labels.map(({ name, value, place }) => ({
    data: { values: [{}] },
    mark: {
      type: 'text',
      text: `${name} ${formatValue(value)}`,
      align: 'left',
      baseline: 'middle',
      fontSize: labelSize,
      fontWeight: 'bold',
      color: colours[name],
    },
    encoding: { x: { value: width + 6 }, y: { value: place } },
  }));
}

/** 0.0016, 0.455, 12.35, 1.2e+7 */
function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1);
  return size < 0.1 ? value.toFixed(4) : size < 10 ? value.toFixed(3) : value.toPrecision(4);
}

/** For people who hear the plot. */
function describe(
  history: readonly HistoryRow[],
  columns: readonly string[],
  title: string,
  best: Best | undefined,
): string {
  const what = `${title}: ${columns.join(', ')} over ${history.length} ${history.length === 1 ? 'epoch' : 'epochs'}`;
  return best === undefined
    ? what
    : `${what}; best ${best.column} ${formatValue(best.value)} in epoch ${best.epoch}`;
}

function theme(font: string): object {
  return {
    font,
    title: {
      anchor: 'start',
      fontSize: 16,
      fontWeight: 'bold',
      color: ink.strong,
      subtitleFontSize: 11.5,
      subtitleColor: ink.soft,
      subtitlePadding: 5,
      offset: 14,
      limit: 1000,
    },
    concat: { spacing: 30 },
    view: { stroke: null },
    text: { fontSize: labelSize },
    axis: {
      labelFontSize: labelSize,
      labelColor: ink.soft,
      titleFontSize: labelSize,
      titleFontWeight: 'normal',
      titleColor: ink.soft,
      titlePadding: 6,
      gridColor: ink.grid,
      tickColor: ink.faint,
      domainColor: ink.faint,
    },
    axisX: { grid: false, tickSize: 4 },
    axisY: { domain: false, ticks: false, labelPadding: 8, minExtent: 36 },
  };
}
