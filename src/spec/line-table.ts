/** Lines and columns of a text. (The parser's own counter can miss lines of a text that is not YAML.) */
import type { Position } from '../diagnostics/index.js';

/** Gives the position of any offset; those outside the text are moved to its nearer end. */
export function lineTable(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (wanted) => {
    const offset = Math.min(Math.max(wanted, 0), text.length);
    let first = 0;
    let last = starts.length - 1;
    while (first < last) {
      const middle = (first + last + 1) >> 1;
      if (starts[middle]! <= offset) first = middle;
      else last = middle - 1;
    }
    return { line: first + 1, column: offset - starts[first]! + 1, offset };
  };
}
