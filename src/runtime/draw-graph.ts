/** The drawing of a graph as PNG. */
import { crc32 } from 'node:zlib';
import { type DrawOptions, drawGraph, drawnBySpeccc } from '../compiler/diagram/index.js';
import type { ModelGraph } from '../compiler/model-graph.js';
import { SpecccError } from '../diagnostics/index.js';
import { loadPlotFonts } from './font-metrics.js';
import { paintSvg } from './paint-svg.js';

const usualZoom = 2;
/** Below this letters cannot be read. */
const leastZoom = 0.75;
/** Beyond these, viewers give up. */
const longestSide = 32_000;
const mostPixels = 150_000_000;

/**
 * The drawing of `drawGraph` with two pixels for each of its own; with fewer where it is very large. Its text chunk
 * `Software` says `speccc`.
 *
 * @throws SpecccError `drawing-too-large`, `font-missing`
 */
export async function drawGraphPng(
  graph: ModelGraph,
  options: Omit<DrawOptions, 'format'> = {},
): Promise<Uint8Array> {
  const svg = drawGraph(graph, { ...options, format: 'svg' });
  const [width, height] = sizeOf(svg);
  const zoom = Math.min(
    usualZoom,
    longestSide / Math.max(width, height),
    Math.sqrt(mostPixels / (width * height)),
  );
  if (zoom < leastZoom) {
    throw new SpecccError('drawing-too-large', `a PNG cannot hold a drawing of ${width}x${height} pixels`, {
      hints: ['write it as SVG', 'leave blocks closed with --depth'],
    });
  }
  return withText(await paintSvg(svg, await loadPlotFonts(), zoom), 'Software', 'speccc');
}

/** Whether a file's bytes are a drawing of any format that was made here: its beginning says so. */
export function isOwnDrawing(bytes: Uint8Array): boolean {
  const beginning = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  return beginning.startsWith('\x89PNG')
    ? beginning.includes('Software\0speccc')
    : beginning.split('\n', 1)[0]!.includes(drawnBySpeccc);
}

function sizeOf(svg: string): readonly [width: number, height: number] {
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
  return [Number(width), Number(height)];
}

/** Signature and header come first: https://www.w3.org/TR/png-3/#11tEXt */
function withText(png: Uint8Array, keyword: string, words: string): Uint8Array {
  const body = Buffer.from(`tEXt${keyword}\0${words}`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  const header = 8 + 4 + 4 + 13 + 4;
  return Buffer.concat([png.subarray(0, header), length, body, check, png.subarray(header)]);
}
