/** What a person sees and does; the worker does the training. */
import { lineChart } from './charts.js';
import { type Gallery, openGallery } from './gallery.js';
import type { FromWorker, Picture, SiteFacts, ToWorker } from './messages.js';
import { readImage, showPixels } from './pictures.js';

function byId<Kind extends Element = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no '${id}'`);
  return found as unknown as Kind;
}

const runButton = byId<HTMLButtonElement>('run');
const restartButton = byId<HTMLButtonElement>('restart');
const saveButton = byId<HTMLButtonElement>('save');
const progressBar = byId('progress');
const percent = (share: number, digits = 0) => `${(share * 100).toFixed(digits)} %`;
const count = (value: number) => Math.round(value).toLocaleString('en');

const facts: SiteFacts = await (await fetch('facts.json')).json();
const worker = new Worker('worker.js', { type: 'module' });
const send = (message: ToWorker) => worker.postMessage(message);

const lossChart = lineChart(byId('loss-chart'), {
  name: 'loss',
  value: ({ loss }) => loss,
  label: (value, digits = 1) => value.toFixed(digits),
  least: 1.8,
  most: 2.35,
});
const accuracyChart = lineChart(byId('accuracy-chart'), {
  name: 'accuracy',
  value: ({ accuracy }) => accuracy,
  label: percent,
  least: 0,
  most: 0.4,
});

let isRunning = false;
let steps = 0;
let gallery: Gallery | undefined;
let chosen: Picture | undefined;

const lines = facts.spec.trim().split('\n').length;
byId('lead').textContent =
  `LeNet-5, ${lines} lines of YAML, compiled by speccc to ${count(facts.programBytes / 1000)} kB of WebAssembly that ` +
  `trains by itself: ${count(facts.parameters)} weights, ${count(facts.train)} pictures, ` +
  'one thread, and not a single package.';
byId('spec').textContent = facts.spec;
if (facts.synthetic) notify('These pictures were drawn by a program: this is not the real data set.');

const bars = facts.classNames.map((name) => {
  const row = document.createElement('li');
  const [label, bar, share] = ['span', 'div', 'span'].map((tag) => document.createElement(tag));
  label!.textContent = name;
  bar!.className = 'bar';
  bar!.append(document.createElement('div'));
  share!.className = 'share';
  row.append(label!, bar!, share!);
  return { row, share: share! };
});
byId('bars').replaceChildren(...bars.map(({ row }) => row));

worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => hear(data));
worker.addEventListener('error', ({ message }) => notify(message || 'the worker has died'));

function hear(message: FromWorker): void {
  switch (message.type) {
    case 'loading':
      showShare(message.loaded / message.total);
      break;
    case 'ready':
      showShare(0);
      gallery = openGallery(byId('gallery'), message.pictures, facts.classNames, (picture) => {
        choose(picture.pixels, picture);
      });
      byId('shown').textContent = String(message.pictures.length);
      for (const button of [runButton, restartButton, saveButton]) button.disabled = false;
      showRunning(false);
      break;
    case 'progress':
      byId('epoch').textContent = message.epoch.toFixed(2);
      byId('rate').textContent = isRunning ? count(message.stepsPerSecond) : '–';
      byId('images').textContent = isRunning ? count(message.stepsPerSecond * facts.batchSize) : '–';
      byId('accuracy').textContent = percent(message.validation.at(-1)?.accuracy ?? 0, 1);
      lossChart.draw(message.training, message.validation);
      accuracyChart.draw(message.training, message.validation);
      steps = message.steps;
      showShare(message.epoch % 1);
      break;
    case 'seen':
      byId('right').textContent = String(gallery?.show(message.probabilities) ?? 0);
      break;
    case 'looked':
      showBars(message.probabilities);
      break;
    case 'restarted':
      steps = 0;
      showRunning(false);
      restartButton.disabled = false;
      runButton.disabled = false;
      break;
    case 'saved':
      download(message.file, 'lenet5.safetensors');
      break;
    case 'failed':
      showRunning(false);
      notify(message.message);
      break;
  }
}

runButton.addEventListener('click', () => {
  showRunning(!isRunning);
  send({ type: isRunning ? 'run' : 'pause' });
});
restartButton.addEventListener('click', () => {
  showRunning(false);
  runButton.disabled = true;
  restartButton.disabled = true;
  send({ type: 'restart' });
});
saveButton.addEventListener('click', () => send({ type: 'save' }));

byId('theme').addEventListener('click', () => {
  const { style } = document.documentElement;
  const isDark = style.colorScheme
    ? style.colorScheme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  style.colorScheme = isDark ? 'light' : 'dark';
});

const file = byId<HTMLInputElement>('file');
file.addEventListener('change', () => {
  const [first] = file.files ?? [];
  if (first !== undefined) void open(first);
  file.value = '';
});
const drop = byId('drop');
// Anywhere on the page, so that a near miss does not leave it.
addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('dragging');
});
addEventListener('dragleave', () => drop.classList.remove('dragging'));
addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('dragging');
  const [first] = event.dataTransfer?.files ?? [];
  if (first !== undefined) void open(first);
});

async function open(image: File): Promise<void> {
  try {
    choose(await readImage(image), undefined);
  } catch {
    notify(`${image.name} is no image that this browser can read.`);
  }
}

/** A picture of the gallery, or one that somebody brought. */
function choose(pixels: Uint8Array, picture: Picture | undefined): void {
  chosen = picture;
  gallery?.choose(picture);
  showPixels(byId('picture'), pixels);
  byId('target').classList.add('filled');
  send({ type: 'look', pixels });
}

function showBars(probabilities: Float32Array): void {
  const likeliest = probabilities.indexOf(Math.max(...probabilities));
  bars.forEach(({ row, share }, index) => {
    const probability = probabilities[index] ?? 0;
    row.style.setProperty('--share', String(probability));
    row.classList.toggle('likeliest', index === likeliest);
    share.textContent = percent(probability);
  });
  const name = facts.classNames[likeliest] ?? '';
  byId('verdict').textContent = `${/^[aeiou]/.test(name) ? 'An' : 'A'} ${name}, it says`;
  byId('truth').textContent =
    chosen === undefined
      ? ''
      : chosen.label === likeliest
        ? 'right'
        : `it is: ${facts.classNames[chosen.label]}`;
}

function showRunning(running: boolean): void {
  isRunning = running;
  runButton.textContent = running ? 'Pause' : steps > 0 ? 'Go on' : 'Train';
}

function showShare(share: number): void {
  progressBar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  (progressBar.firstElementChild as HTMLElement).style.transform = `scaleX(${share})`;
}

function notify(text: string): void {
  const notice = byId('notice');
  notice.textContent = text;
  notice.hidden = false;
}

function download(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
