/** What a person sees while a data set is loaded: a bar on a terminal, a few lines elsewhere. */
import type { DataProgress } from '../runtime/datasets/index.js';
import { formatBytes, formatClock, visibleWidth } from './format.js';
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
  let begun = { at: 0, received: 0 };
  return (progress) => {
    const { phase, source, received, total, message } = progress;
    if (phase === 'warning') {
      live.settle(`${yellow('warning')}  ${message}`);
      return;
    }
    const what = message ?? `${verbs[phase]} ${source}`;
    if (output.live) {
      if (told !== what) begun = { at: performance.now(), received: received ?? 0 };
      const left = phase === 'download' ? timeLeft(progress, begun) : '';
      live.draw((columns) => fitted(label, what, left, progress, columns, output), told !== what);
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

/** `0:12 left`, once enough has come to say so. */
function timeLeft(
  { received = 0, total = 0 }: DataProgress,
  begun: { at: number; received: number },
): string {
  const seconds = (performance.now() - begun.at) / 1000;
  const rate = (received - begun.received) / seconds;
  return seconds < 1 || !(rate > 0) ? '' : `${formatClock((total - received) / rate)} left`;
}

function fitted(
  label: string,
  what: string,
  left: string,
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
  const share = received / total;
  const room = columns - visibleWidth(start) - counted.length - 4;
  const withLeft = room - left.length - 2;
  if (left !== '' && withLeft >= 8) {
    return `${start}  ${formatBar(share, Math.min(withLeft, 30), colors)}  ${counted}  ${left}`;
  }
  if (room >= 8) return `${start}  ${formatBar(share, Math.min(room, 30), colors)}  ${counted}`;
  return room >= -2 ? `${start}  ${counted}` : counted.slice(0, columns);
}
