/**
 * What a terminal shows after a program has written to it: enough of a terminal for what speccc writes.
 * The tests look at progress bars with it, and the README's picture is drawn from it.
 */

export interface Style {
  readonly color?: number;
  readonly bold?: boolean;
  readonly dim?: boolean;
}

export interface Cell {
  readonly character: string;
  readonly style: Style;
}

export interface Screen {
  readonly rows: readonly (readonly Cell[])[];
  readonly cursorVisible: boolean;
}

/** Lines longer than `columns` wrap, as in a terminal; nothing scrolls away. */
export function screenOf(output: string, columns: number): Screen {
  const rows: (Cell | undefined)[][] = [[]];
  let row = 0;
  let column = 0;
  let style: Style = {};
  let cursorVisible = true;
  const down = () => {
    row += 1;
    rows[row] ??= [];
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const [token, parameters, command] of output.matchAll(/\u001b\[([?\d;]*)([A-Za-z])|[\s\S]/gu)) {
    if (command !== undefined) {
      const count = Number.parseInt(parameters!, 10) || 1;
      if (command === 'A') row = Math.max(0, row - count);
      else if (command === 'K') rows[row] = parameters === '2' ? [] : rows[row]!.slice(0, column);
      else if (command === 'm') style = styled(style, parameters!);
      else if (parameters === '?25') cursorVisible = command === 'h';
      else throw new Error(`a terminal command that this screen does not know: ${JSON.stringify(token)}`);
    } else if (token === '\n') {
      down();
      column = 0;
    } else if (token === '\r') column = 0;
    else {
      if (column === columns) {
        down();
        column = 0;
      }
      rows[row]![column] = { character: token, style };
      column += 1;
    }
  }
  const blank: Cell = { character: ' ', style: {} };
  return { rows: rows.map((cells) => Array.from(cells, (cell) => cell ?? blank)), cursorVisible };
}

function styled(style: Style, parameters: string): Style {
  let next = style;
  for (const text of parameters.split(';')) next = styledBy(next, Number(text || 0));
  return next;
}

function styledBy(style: Style, code: number): Style {
  const { color, ...uncoloured } = style;
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return color === undefined ? {} : { color };
  if (code === 39) return uncoloured;
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...style, color: code };
  return style;
}

/** The rows as plain text, without spaces at their ends. */
export function screenText({ rows }: Screen): readonly string[] {
  return rows.map((cells) =>
    cells
      .map(({ character }) => character)
      .join('')
      .trimEnd(),
  );
}
