/**
 * One line at the bottom of a terminal that is drawn over and over: a progress bar. It survives a change of
 * the window's width in its middle: what wrapped then is found again and wiped.
 */
import { visibleWidth } from './format.js';
import type { Output } from './terminal.js';

export interface LiveLine {
  /** Draws what `render` makes of the width, at most some ten times a second unless `now` is set. */
  draw(render: (columns: number) => string, now?: boolean): void;
  /** Wipes the line and leaves `text`, if any, as ordinary lines above it. */
  settle(text?: string): void;
  /** Wipes the line and gives the cursor back. Every user calls it at the end, come what may. */
  close(): void;
}

const pauseBetweenDraws = 80;
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';

/** On an output that is not live nothing is drawn and only settled lines are written. */
export function openLiveLine(output: Output): LiveLine {
  if (!output.live) {
    return {
      draw: () => undefined,
      settle: (text) => (text === undefined ? undefined : output.line(text)),
      close: () => undefined,
    };
  }
  let drawnWidth = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let last: ((columns: number) => string) | undefined;

  const wipe = (): string => {
    if (drawnWidth === 0) return '';
    const rows = Math.ceil(drawnWidth / output.columns());
    drawnWidth = 0;
    // Row by row: erasing "to the end of the screen" makes tmux keep a copy in its history.
    return `\r\x1b[2K${'\x1b[1A\x1b[2K'.repeat(rows - 1)}`;
  };
  const draw: LiveLine['draw'] = (render, now = false) => {
    last = render;
    const time = performance.now();
    if (!now && time - drawnAt < pauseBetweenDraws) return;
    drawnAt = time;
    // The last column stays free: a character there makes some terminals wrap.
    const text = render(output.columns() - 1);
    const before = drawnWidth === 0 ? hideCursor : wipe();
    drawnWidth = visibleWidth(text);
    output.write(before + text);
  };
  const stopResizing = output.onResize(() => {
    if (last !== undefined && drawnWidth > 0) draw(last, true);
  });
  // A second Ctrl-C or a crash must not leave a terminal without a cursor.
  const giveCursorBack = () => output.write(showCursor);
  process.on('exit', giveCursorBack);
  return {
    draw,
    settle: (text) => {
      const wiped = drawnWidth === 0 ? '' : wipe() + showCursor;
      output.write(wiped + (text === undefined ? '' : `${text}\n`));
      last = undefined;
    },
    close: () => {
      output.write(drawnWidth === 0 ? '' : wipe() + showCursor);
      last = undefined;
      stopResizing();
      process.off('exit', giveCursorBack);
    },
  };
}

/** `━━━━────`, `width` characters, filled up to `share` (0…1). */
export function formatBar(share: number, width: number, colors: Output['colors']): string {
  const filled = Math.max(0, Math.min(width, Math.round(share * width)));
  return colors.cyan('━'.repeat(filled)) + colors.dim('─'.repeat(width - filled));
}
