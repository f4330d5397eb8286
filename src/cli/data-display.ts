/** What a person sees while a data set is loaded: a bar on a terminal, a few lines elsewhere. */
import type { DataProgress } from '../runtime/datasets/index.js';
import { formatBytes, visibleWidth } from './format.js';
import { formatBar, type LiveLine } from './live-line.js';
import type { Output } from './terminal.js';

const verbs: Readonly<Record<DataProgress['phase'], string>> = {
  connect: 'asking',
  download: 'fetching',
  decode: 'decoding',
  verify: 'checking',
  wait: 'waiting for another process that fetches from',
  load: 'loading',
  warning: '',
};

/** Loading from the cache takes a moment only and is drawn on a terminal alone. */
const quietPhases: ReadonlySet<DataProgress['phase']> = new Set(['load', 'verify', 'decode']);

export function showDataProgress(output: Output, live: LiveLine): (progress: DataProgress) => void {
  const { dim, yellow } = output.colors;
  const label = dim('data');
  let told = '';
  let tenth = -1;
  return (progress) => {
    const { phase, source, received, total, message } = progress;
    if (phase === 'warning') {
      live.settle(`${yellow('warning')}  ${message}`);
      return;
    }
    const what = message ?? `${verbs[phase]} ${source}`;
    if (output.live) {
      live.draw((columns) => fitted(label, what, progress, columns, output), told !== what);
      told = what;
      return;
    }
    if (quietPhases.has(phase)) return;
    if (told !== what) {
      told = what;
      tenth = -1;
      live.settle(`${label}  ${what}${phase === 'download' && total ? ` (${formatBytes(total)})` : ''}`);
    }
    const now = received === undefined || total === undefined ? -1 : Math.floor((received / total) * 10);
    if (now > tenth && now > 0 && now < 10) live.settle(`${label}  ${what}: ${now * 10} %`);
    tenth = Math.max(tenth, now);
  };
}

function fitted(
  label: string,
  what: string,
  { phase, received, total }: DataProgress,
  columns: number,
  { colors }: Output,
): string {
  const start = `${label}  ${what}`;
  if (received === undefined || total === undefined || total === 0) {
    return visibleWidth(start) + 2 <= columns ? `${start} …` : what.slice(0, columns);
  }
  const counted =
    phase === 'decode' ? `${received}/${total} files` : `${formatBytes(received)} of ${formatBytes(total)}`;
  const room = columns - visibleWidth(start) - counted.length - 4;
  if (room >= 8) return `${start}  ${formatBar(received / total, Math.min(room, 30), colors)}  ${counted}`;
  return room >= -2 ? `${start}  ${counted}` : counted.slice(0, columns);
}
