/** Tables of text that keep to a width: numbers are never shortened, long texts lose their middles. */

export interface Column {
  readonly title: string;
  /** One for each row. */
  readonly cells: readonly string[];
  /** Of numbers: they are aligned to the right, and never shortened. */
  readonly right: boolean;
}

export interface TableLines {
  readonly head: string;
  /** Without spaces at their ends. */
  readonly rows: readonly string[];
  /** In characters, of the widest line. */
  readonly width: number;
}

const gap = '  ';

/** Shortens the widest texts until a table fits into `width`. */
export function tableLines(columns: readonly Column[], width: number): TableLines {
  const sized = fitted(columns, width);
  const line = (cellOf: (column: Column) => string) =>
    sized
      .map((column) => aligned(cellOf(column), column.right, column.space))
      .join(gap)
      .trimEnd();
  return {
    head: line(({ title }) => title),
    rows: (columns[0]?.cells ?? []).map((_cell, index) => line(({ cells }) => cells[index]!)),
    width: widthOf(sized),
  };
}

function widthOf(columns: readonly { readonly space: number }[]): number {
  return columns.reduce((sum, { space }) => sum + space, gap.length * (columns.length - 1));
}

function aligned(text: string, right: boolean, space: number): string {
  const shown = text.length <= space ? text : withoutMiddle(text, space);
  return right ? shown.padStart(space) : shown.padEnd(space);
}

/** Long names of layers differ in their ends: `encoder…conv_3`. */
function withoutMiddle(text: string, space: number): string {
  const head = Math.ceil((space - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (space - 1 - head))}`;
}

function fitted(columns: readonly Column[], width: number): readonly (Column & { readonly space: number })[] {
  const shortest = 8;
  const sized = columns.map((column) => ({
    ...column,
    space: column.cells.reduce((most, { length }) => Math.max(most, length), column.title.length),
  }));
  while (widthOf(sized) > width) {
    const texts = sized.filter(({ right }) => !right);
    const widest = texts.reduce((one, other) => (other.space > one.space ? other : one));
    if (widest.space <= shortest) break;
    widest.space -= 1;
  }
  return sized;
}
