/**
 * The font that plots are drawn with, and how wide its text is. Vega guesses text widths where there is no
 * canvas (0.8 of the size for every letter), which pushes legends and labels apart. The font file itself
 * knows: its `cmap` table maps characters to glyphs and its `hmtx` table holds each glyph's advance.
 * Layout of both tables: OpenType specification 1.9, chapters "cmap" (format 4) and "hmtx".
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SpecccError } from '../diagnostics/index.js';

export interface FontFace {
  readonly file: string;
  /** Width of `text` in pixels at `size` pixels, without kerning. */
  readonly width: (text: string, size: number) => number;
}

export interface PlotFonts {
  /** For a CSS `font-family`: Verdana has nearly the widths of DejaVu Sans where a browser lacks that. */
  readonly family: string;
  readonly regular: FontFace;
  readonly bold: FontFace;
}

export const plotFontName = 'DejaVu Sans';

/** Finds and reads the two faces. @throws SpecccError `font-missing` where the package was pruned. */
export async function loadPlotFonts(): Promise<PlotFonts> {
  const [regular, bold] = await Promise.all([readFace('DejaVuSans.ttf'), readFace('DejaVuSans-Bold.ttf')]);
  return { family: `'${plotFontName}', Verdana, Geneva, sans-serif`, regular, bold };
}

async function readFace(name: string): Promise<FontFace> {
  try {
    const file = fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}`));
    return { file, width: textWidth(await readFile(file)) };
  } catch (cause) {
    throw new SpecccError('font-missing', `plots need the font ${name} of the package dejavu-fonts-ttf`, {
      hints: ['install speccc again: npm install speccc'],
      cause,
    });
  }
}

function textWidth(bytes: Buffer): (text: string, size: number) => number {
  const tables = tableOffsets(bytes);
  const unitsPerEm = bytes.readUInt16BE(tables('head') + 18);
  const metricCount = bytes.readUInt16BE(tables('hhea') + 34);
  const metrics = tables('hmtx');
  const glyphOf = characterMap(bytes, tables('cmap'));
  const advance = (character: string): number => {
    const glyph = Math.min(glyphOf(character.codePointAt(0) ?? 0), metricCount - 1);
    return bytes.readUInt16BE(metrics + 4 * glyph);
  };
  return (text, size) => (Array.from(text).reduce((sum, c) => sum + advance(c), 0) / unitsPerEm) * size;
}

function tableOffsets(bytes: Buffer): (tag: string) => number {
  const offsets = new Map<string, number>();
  for (let index = 0; index < bytes.readUInt16BE(4); index++) {
    const record = 12 + 16 * index;
    offsets.set(bytes.toString('latin1', record, record + 4), bytes.readUInt32BE(record + 8));
  }
  return (tag) => {
    const offset = offsets.get(tag);
    if (offset === undefined) throw new Error(`the font has no ${tag} table`);
    return offset;
  };
}

/** Reads the table for Unicode's basic plane; a character outside it is drawn as, and as wide as, glyph 0. */
function characterMap(bytes: Buffer, cmap: number): (codePoint: number) => number {
  const table = unicodeSubtable(bytes, cmap);
  const segments = bytes.readUInt16BE(table + 6) / 2;
  const ends = table + 14;
  const starts = ends + 2 * segments + 2;
  const deltas = starts + 2 * segments;
  const rangeOffsets = deltas + 2 * segments;
  return (codePoint) => {
    for (let segment = 0; segment < segments; segment++) {
      const at = 2 * segment;
      if (codePoint > bytes.readUInt16BE(ends + at)) continue;
      const start = bytes.readUInt16BE(starts + at);
      if (codePoint < start) return 0;
      const delta = bytes.readUInt16BE(deltas + at);
      const rangeOffset = bytes.readUInt16BE(rangeOffsets + at);
      if (rangeOffset === 0) return (codePoint + delta) & 0xffff;
      const glyph = bytes.readUInt16BE(rangeOffsets + at + rangeOffset + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

function unicodeSubtable(bytes: Buffer, cmap: number): number {
  for (let index = 0; index < bytes.readUInt16BE(cmap + 2); index++) {
    const record = cmap + 4 + 8 * index;
    const table = cmap + bytes.readUInt32BE(record + 4);
    if (bytes.readUInt16BE(record) === 3 && bytes.readUInt16BE(table) === 4) return table;
  }
  throw new Error('the font has no character map of format 4');
}
