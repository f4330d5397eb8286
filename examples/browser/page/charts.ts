/** Two lines over epochs, as SVG: its colours are the style sheet's, so that it changes with the theme. */
import type { Point } from './messages.js';

export interface ChartOptions {
  readonly name: string;
  readonly value: (point: Point) => number;
  readonly label: (value: number, digits?: number) => string;
  /** The axis at least reaches from the one to the other. */
  readonly least: number;
  readonly most: number;
}

export interface Chart {
  draw(training: readonly Point[], validation: readonly Point[]): void;
}

const margin = { left: 44, right: 14, top: 10, bottom: 26 };

export function lineChart(svg: SVGSVGElement, options: ChartOptions): Chart {
  let last: readonly [readonly Point[], readonly Point[]] = [[], []];
  const draw = () => drawLines(svg, ...last, options);
  new ResizeObserver(draw).observe(svg);
  return {
    draw(training, validation) {
      last = [training, validation];
      draw();
    },
  };
}

function drawLines(
  svg: SVGSVGElement,
  training: readonly Point[],
  validation: readonly Point[],
  { name, value, label, least, most }: ChartOptions,
): void {
  const { clientWidth: width, clientHeight: height } = svg;
  if (width === 0) return;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const points = [...training, ...validation];
  const epochs = Math.max(1, ...points.map(({ epoch }) => epoch));
  const ticks = niceTicks(Math.min(least, ...points.map(value)), Math.max(most, ...points.map(value)), 5);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (epoch: number) => margin.left + (epoch / epochs) * (width - margin.left - margin.right);
  const y = (at: number) =>
    height - margin.bottom - ((at - low) / (high - low)) * (height - margin.top - margin.bottom);

  const parts: Node[] = [];
  for (const tick of ticks) {
    parts.push(
      element('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
      element('text', { x: margin.left - 10, y: y(tick) + 4, 'text-anchor': 'end' }, label(tick)),
    );
  }
  for (const tick of niceTicks(0, epochs, Math.max(2, width / 70)).filter((at) => at <= epochs)) {
    const word = tick === 0 ? 'epoch 0' : String(Number(tick.toFixed(2)));
    parts.push(element('text', { x: x(tick), y: height - 4, 'text-anchor': 'middle' }, word));
  }
  const ends: string[] = [];
  for (const [kind, line] of [
    ['training', training],
    ['validation', validation],
  ] as const) {
    const path = line.map((point) => `${x(point.epoch).toFixed(1)},${y(value(point)).toFixed(1)}`);
    if (path.length > 1) parts.push(element('path', { class: kind, d: `M${path.join('L')}` }));
    const end = line.at(-1);
    if (end !== undefined) {
      parts.push(element('circle', { class: kind, cx: x(end.epoch), cy: y(value(end)), r: 4.5 }));
      ends.push(`${kind} ${label(value(end), 3)}`);
    }
  }
  svg.replaceChildren(...parts);
  svg.setAttribute('aria-label', `${name} by epoch, at last ${ends.join(', ')}`);
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Round numbers, evenly apart, from below the first to above the last: about as many as asked for. */
export function niceTicks(from: number, to: number, count: number): readonly number[] {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const [first, last] = [Math.floor(from / step + 1e-9), Math.ceil(to / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}
