/** A diagram as an SVG document: light, without scripts, links or anything from elsewhere. */
import { type Box, type Diagram, drawnBySpeccc, type Frame } from './diagram.js';
import { type Line, type PlacedDiagram, type Point, placeDiagram, type Sizes } from './place-diagram.js';
import { shortenedText, textWidth, wrappedPhrases } from './text-width.js';

const family = "'DejaVu Sans', Verdana, Geneva, sans-serif";
const ink = { strong: '#1b1f24', soft: '#57606a', faint: '#8c959f' };
/** Of the accent, and of the box. */
const colours: Readonly<Record<Box['look'], readonly [accent: string, fill: string]>> = {
  convolution: ['#2563eb', '#eff5ff'],
  recurrent: ['#4f46e5', '#f1f1fe'],
  pooling: ['#dc2626', '#fff1f1'],
  dense: ['#7c3aed', '#f6f1ff'],
  activation: ['#d97706', '#fff8ea'],
  normalization: ['#059669', '#ebfbf4'],
  regularization: ['#db2777', '#fef0f7'],
  shape: ['#64748b', '#f3f5f8'],
  merge: ['#0891b2', '#e9fafd'],
  other: ['#475569', '#f5f6f8'],
  block: ['#334155', '#f8fafc'],
  input: ['#1f2937', '#1f2937'],
  output: ['#1f2937', '#1f2937'],
};

const margin = 32;
const size = { title: 20, subtitle: 12, name: 12.5, detail: 11, label: 11, head: 11.5 };
const line = { detail: 15, subtitle: 18 };
const boxPadding = { x: 13, y: 9 };
const narrowest = 132;
const widestDetails = 210;
const widestName = 150;
const headPadding = 12;
/** How far the second sheet of a closed block stands out. */
const behind = 4;

export function diagramSvg(diagram: Diagram): string {
  const placed = placeDiagram(diagram, sizes);
  const widest = Math.max(560, placed.width);
  const subtitles = diagram.subtitles.map((text) => shortenedText(printable(text), widest, size.subtitle));
  const title = shortenedText(printable(diagram.title), widest, size.title, 'bold');
  const headWidth = Math.max(
    textWidth(title, size.title, 'bold'),
    ...subtitles.map((text) => textWidth(text, size.subtitle)),
  );
  const inner = Math.ceil(Math.max(placed.width, headWidth));
  const width = inner + 2 * margin;
  const head = margin + size.title + line.subtitle * subtitles.length + 22;
  const height = head + placed.height + margin;
  const shift: Point = { x: margin + Math.floor((inner - placed.width) / 2), y: head };
  const labels = labelsOf(diagram, placed);
  const about = [title, ...subtitles].join('. ');
  return [
    `<!-- ${drawnBySpeccc} -->`,
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(about)}" font-family="${family}">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text({ x: margin, y: margin + 14 }, title, { size: size.title, fill: ink.strong, bold: true }),
    ...subtitles.map((subtitle, index) =>
      text({ x: margin, y: margin + 14 + line.subtitle * (index + 1) + 4 }, subtitle, {
        size: size.subtitle,
        fill: ink.soft,
      }),
    ),
    `<g transform="translate(${shift.x} ${shift.y})">`,
    ...placed.frames.map(frameShape),
    `<g fill="none" stroke="${ink.faint}" stroke-width="1.4">`,
    ...placed.lines.map((way) => `<path d="${pathOf(way)}"/>`),
    '</g>',
    `<g fill="${ink.faint}">`,
    ...placed.lines.flatMap(arrow),
    '</g>',
    ...placed.frames.flatMap(frameHead),
    ...placed.boxes.flatMap(boxShapes),
    ...labels,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const sizes: Sizes = {
  box(box) {
    const details = detailLines(box);
    const name = nameOf(box);
    const first =
      textWidth(printable(box.title), size.name, 'bold') +
      (name === '' ? 0 : 14 + textWidth(name, size.detail));
    const text = Math.max(first, ...details.map((detail) => textWidth(detail, size.detail)));
    const width = Math.max(isPill(box) ? 84 : narrowest, Math.ceil(text) + 2 * boxPadding.x);
    return { width, height: isPill(box) ? 28 : 18 + 2 * boxPadding.y + line.detail * details.length - 4 };
  },
  head(frame) {
    const { title, name } = frameTexts(frame);
    const room = (width: number) => (width === 0 ? 0 : Math.ceil(width) + headPadding + 12);
    return {
      left: room(textWidth(title, size.head, 'bold')),
      right: room(textWidth(name, size.head)),
    };
  },
};

function isPill({ look }: Box): boolean {
  return look === 'input' || look === 'output';
}

function detailLines({ details }: Box): readonly string[] {
  return wrappedPhrases(details.map(printable), widestDetails, size.detail);
}

function nameOf({ name }: Box): string {
  return name === undefined ? '' : shortenedText(printable(name), widestName, size.detail);
}

function frameTexts({ title, name }: Frame): { readonly title: string; readonly name: string } {
  return {
    title: shortenedText(printable(title), 180, size.head, 'bold'),
    name: name === undefined ? '' : shortenedText(printable(name), 180, size.head),
  };
}

function frameShape({ x, y, width, height, frame, level }: PlacedDiagram['frames'][0]): string {
  const dashes = frame.look === 'repeat' ? ' stroke-dasharray="5 4"' : '';
  const fill = groundAt(level + 1);
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="${fill}" stroke="#d0d7de"${dashes}/>`;
}

function frameHead({ x, y, width, frame, level }: PlacedDiagram['frames'][0]): readonly string[] {
  const { title, name } = frameTexts(frame);
  const style = { size: size.head, halo: groundAt(level + 1) };
  return [
    text({ x: x + headPadding, y: y + 19 }, title, { ...style, fill: ink.strong, bold: true }),
    ...(name === ''
      ? []
      : [text({ x: x + width - headPadding, y: y + 19 }, name, { ...style, fill: ink.soft, end: true })]),
  ];
}

function boxShapes({ x, y, width, height, box }: PlacedDiagram['boxes'][0]): readonly string[] {
  const [accent, fill] = colours[box.look];
  const title = printable(box.title);
  const name = nameOf(box);
  if (isPill(box)) {
    const whole = name === '' ? title : `${title} ${name}`;
    return [
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${height / 2}" fill="${fill}"/>`,
      text({ x: x + width / 2, y: y + 18.5 }, whole, {
        size: size.name,
        fill: 'white',
        bold: true,
        middle: true,
      }),
    ];
  }
  const stacked =
    box.look === 'block'
      ? [
          `<rect x="${x + behind}" y="${y + behind}" width="${width}" height="${height}" rx="7" fill="white" stroke="${accent}" stroke-opacity="0.55"/>`,
        ]
      : [];
  const top = y + boxPadding.y + 11;
  return [
    ...stacked,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" fill="${fill}" stroke="${accent}" stroke-opacity="0.55"/>`,
    text({ x: x + boxPadding.x, y: top }, title, { size: size.name, fill: accent, bold: true }),
    ...(name === ''
      ? []
      : [
          text({ x: x + width - boxPadding.x, y: top }, name, {
            size: size.detail,
            fill: ink.soft,
            end: true,
          }),
        ]),
    ...detailLines(box).map((detail, index) =>
      text({ x: x + boxPadding.x, y: top + line.detail * (index + 1) + 1 }, detail, {
        size: size.detail,
        fill: ink.strong,
      }),
    ),
  ];
}

/** What is behind everything in so many frames. */
function groundAt(level: number): string {
  return level === 0 ? 'white' : level % 2 === 1 ? '#f7f8fa' : '#eef1f5';
}

/** The shape of each value, where it leaves the box that makes it: on the right, unless its lines go there. */
function labelsOf({ flows }: Diagram, { boxes, lines }: PlacedDiagram): readonly string[] {
  const shapes = new Map(flows.map(({ from, shape }) => [from, shape]));
  const turns = new Map<string, number[]>();
  for (const { points } of lines) {
    const [start, next] = points as [Point, Point];
    const key = `${start.x} ${start.y}`;
    turns.set(key, [...(turns.get(key) ?? []), Math.sign(next.x - start.x)]);
  }
  return boxes.flatMap(({ x, y, width, height, box, level }) => {
    const shape = shapes.get(box.id);
    if (shape === undefined) return [];
    const [middle, end] = [x + width / 2, y + height];
    const ways = turns.get(`${middle} ${end}`) ?? [];
    const bottom = box.look === 'block' ? end + behind / 2 : end;
    const style = { size: size.label, fill: ink.soft, halo: groundAt(level) };
    if (!ways.includes(1)) return [text({ x: middle + 7, y: bottom + 16 }, shape, style)];
    if (!ways.includes(-1)) return [text({ x: middle - 7, y: bottom + 16 }, shape, { ...style, end: true })];
    return [text({ x: middle, y: bottom + (ways.includes(0) ? 16 : 25) }, shape, { ...style, middle: true })];
  });
}

/** Upright at both ends of each piece. */
function pathOf({ points }: Line): string {
  const [start, ...others] = points as [Point, ...Point[]];
  let last = start;
  const pieces = others.map((point) => {
    const middle = (last.y + point.y) / 2;
    const straight = last.x === point.x;
    const piece = straight
      ? `V${point.y}`
      : `C${last.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}`;
    last = point;
    return piece;
  });
  return `M${start.x} ${start.y}${pieces.join('')}`;
}

function arrow({ points, arrives }: Line): readonly string[] {
  const { x, y } = points.at(-1)!;
  return arrives ? [`<path d="M${x} ${y}l-4 -7.5h8z"/>`] : [];
}

interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly bold?: boolean;
  readonly end?: boolean;
  readonly middle?: boolean;
  /** What is around the letters, so that they can be read on lines. */
  readonly halo?: string;
}

function text({ x, y }: Point, words: string, { size, fill, bold, end, middle, halo }: TextStyle): string {
  const anchor = end ? ' text-anchor="end"' : middle ? ' text-anchor="middle"' : '';
  const weight = bold ? ' font-weight="bold"' : '';
  const around =
    halo === undefined
      ? ''
      : ` stroke="${halo}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"`;
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${weight}${anchor}${around}>${escaped(words)}</text>`;
}

/** Without what cannot be seen: control characters, and marks that reorder or hide text. */
function printable(words: string): string {
  return words.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}]/gu, '\ufffd');
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
