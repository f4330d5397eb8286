/** A graph as a drawing: laid out as SVG, or as text for tools that lay out themselves. */
import type { ModelGraph } from '../model-graph.js';
import { type DiagramOptions, diagramOf } from './diagram.js';
import { diagramDot } from './dot.js';
import { diagramMermaid } from './mermaid.js';
import { diagramSvg } from './svg.js';

export { drawnBySpeccc } from './diagram.js';

export const drawingFormats = ['svg', 'mermaid', 'dot'] as const;
export type DrawingFormat = (typeof drawingFormats)[number];

export interface DrawOptions extends DiagramOptions {
  readonly format: DrawingFormat;
}

/**
 * Draws a model with its blocks as frames and the shapes of its values on the lines. `svg` is a complete document;
 * `mermaid` and `dot` are for Mermaid (which GitHub shows in Markdown) and Graphviz. The same graph gives the same
 * text everywhere. Where `depth` is left out, as many levels of blocks are opened as keep the drawing below some
 * hundred boxes.
 */
export function drawGraph(graph: ModelGraph, { format, ...options }: DrawOptions): string {
  const diagram = diagramOf(graph, options);
  switch (format) {
    case 'svg':
      return diagramSvg(diagram);
    case 'mermaid':
      return diagramMermaid(diagram);
    case 'dot':
      return diagramDot(diagram);
  }
}
