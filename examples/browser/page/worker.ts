/** Trains off the page's thread, in slices short enough that it hears what the page says in between. */
import { type Lenet5Model, loadLenet5 } from './lenet5.js';
import type { FromWorker, Picture, Point, SiteFacts, ToWorker } from './messages.js';

interface Images {
  readonly count: number;
  readonly labels: Uint8Array;
  readonly pixels: Uint8Array;
}

const pixelsOfOne = 32 * 32 * 3;
/** Training values are means over so many steps. */
const stepsOfPoint = 50;
/** So often it looks at validation images. */
const stepsOfValidation = 200;
/** Enough for a smooth curve; the end of an epoch takes all of them. */
const imagesOfValidation = 1_000;
const pictureCount = 60;
const sliceMilliseconds = 25;
/** Curves and pictures are drawn by the same processor where there is no other. */
const reportMilliseconds = 200;
const lookMilliseconds = 600;
/** The rate is that of the last seconds. */
const rateMilliseconds = 2_000;

const tell = (message: FromWorker, transfer: Transferable[] = []) => postMessage(message, { transfer });

const facts: SiteFacts = await (await fetch('facts.json')).json();
const total = (facts.train + facts.validation) * (1 + pixelsOfOne);
let loaded = 0;
const [module, train, validation] = await Promise.all([
  fetch('lenet5.wasm').then((response) => response.arrayBuffer()),
  loadImages('train.bin', facts.train),
  loadImages('validation.bin', facts.validation),
]);
const pictures = choosePictures();

let model: Lenet5Model;
let steps: number;
let order: Uint32Array;
let training: Point[];
let validated: Point[];
/** Of the point that is being gathered. */
let sums: { loss: number; accuracy: number; steps: number };
let times: { at: number; steps: number }[];
let watched: Uint8Array | undefined;
/** Of the run that goes on; another number ends it. */
let current = 0;
let isRunning = false;

const stepsOfEpoch = Math.ceil(train.count / facts.batchSize);
const batch = {
  pixels: new Uint8Array(facts.batchSize * pixelsOfOne),
  labels: new Uint8Array(facts.batchSize),
};

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  answer(data).catch(fail);
});
await begin();
tell({ type: 'ready', pictures });
look();

async function answer(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'run':
      if (isRunning) return;
      isRunning = true;
      return run(current);
    case 'pause':
      stop();
      return report();
    case 'restart':
      stop();
      await begin();
      tell({ type: 'restarted' });
      report();
      return look();
    case 'look':
      watched = message.pixels;
      return look();
    case 'save': {
      const file = model.saveWeights();
      return tell({ type: 'saved', file }, [file.buffer]);
    }
  }
}

/** A new model, with the weights that the module starts with. */
async function begin(): Promise<void> {
  model = await loadLenet5(module);
  steps = 0;
  order = shuffled(train.count, 1);
  training = [];
  validated = [];
  times = [];
  sums = { loss: 0, accuracy: 0, steps: 0 };
  validate(imagesOfValidation);
}

function stop(): void {
  isRunning = false;
  current += 1;
}

async function run(own: number): Promise<void> {
  let reported = 0;
  let looked = 0;
  times = [];
  while (own === current) {
    const end = performance.now() + sliceMilliseconds;
    while (performance.now() < end) step();
    if (performance.now() - reported >= reportMilliseconds) {
      reported = performance.now();
      report();
    }
    if (performance.now() - looked >= lookMilliseconds) {
      looked = performance.now();
      look();
    }
    await nextTurn();
  }
}

function step(): void {
  const at = steps % stepsOfEpoch;
  if (at === 0) order = shuffled(train.count, steps / stepsOfEpoch + 1);
  const chosen = order.subarray(at * facts.batchSize, (at + 1) * facts.batchSize);
  chosen.forEach((image, place) => {
    const source = image * pixelsOfOne;
    batch.pixels.set(train.pixels.subarray(source, source + pixelsOfOne), place * pixelsOfOne);
    batch.labels[place] = train.labels[image] ?? 0;
  });
  const { loss, accuracy } = model.trainStep(
    batch.pixels.subarray(0, chosen.length * pixelsOfOne),
    batch.labels.subarray(0, chosen.length),
    steps,
  );
  steps += 1;
  sums.loss += loss;
  sums.accuracy += accuracy;
  sums.steps += 1;
  if (steps % stepsOfPoint === 0) {
    training.push({
      epoch: (steps - sums.steps / 2) / stepsOfEpoch,
      loss: sums.loss / sums.steps,
      accuracy: sums.accuracy / sums.steps,
    });
    sums = { loss: 0, accuracy: 0, steps: 0 };
  }
  if (steps % stepsOfEpoch === 0) validate(validation.count);
  else if (steps % stepsOfValidation === 0) validate(imagesOfValidation);
}

function validate(most: number): void {
  const count = Math.min(most, validation.count);
  const values = model.evaluate(
    validation.pixels.subarray(0, count * pixelsOfOne),
    validation.labels.subarray(0, count),
  );
  validated.push({ epoch: steps / stepsOfEpoch, ...values });
}

function report(): void {
  const now = performance.now();
  times = [...times.filter(({ at }) => now - at < rateMilliseconds), { at: now, steps }];
  const [first] = times;
  const seconds = first === undefined ? 0 : (now - first.at) / 1000;
  tell({
    type: 'progress',
    steps,
    epoch: steps / stepsOfEpoch,
    stepsPerSecond: first === undefined || seconds === 0 ? 0 : (steps - first.steps) / seconds,
    training,
    validation: validated,
  });
}

/** At the pictures of the page, and at the one that somebody has chosen. */
function look(): void {
  const seen = new Uint8Array(pictures.length * pixelsOfOne);
  pictures.forEach(({ pixels }, index) => {
    seen.set(pixels, index * pixelsOfOne);
  });
  tell({ type: 'seen', probabilities: model.predict(seen) });
  if (watched !== undefined) tell({ type: 'looked', probabilities: model.predict(watched) });
}

/** The first validation images of each class, the classes in turn. */
function choosePictures(): readonly Picture[] {
  const classes = facts.classNames.length;
  const rows = Array.from({ length: classes }, (): Picture[] => []);
  for (let image = 0; image < validation.count; image += 1) {
    const label = validation.labels[image] ?? 0;
    const source = image * pixelsOfOne;
    rows[label]?.push({ pixels: validation.pixels.slice(source, source + pixelsOfOne), label });
    if (rows.every((row) => row.length * classes >= pictureCount)) break;
  }
  return Array.from({ length: pictureCount }, (_, i) => rows[i % classes]?.[Math.floor(i / classes)]).filter(
    (picture) => picture !== undefined,
  );
}

/** A file of labels, then images; tells how far it is. */
async function loadImages(file: string, count: number): Promise<Images> {
  const { body } = await fetch(file);
  const bytes = new Uint8Array(count * (1 + pixelsOfOne));
  const reader = body!.getReader();
  for (let at = 0; ; ) {
    const { value } = await reader.read();
    if (value === undefined) break;
    bytes.set(value, at);
    at += value.length;
    loaded += value.length;
    tell({ type: 'loading', loaded, total });
  }
  return { count, labels: bytes.subarray(0, count), pixels: bytes.subarray(count) };
}

/** Fisher–Yates, the same in every tab: random numbers of mulberry32. */
function shuffled(count: number, seed: number): Uint32Array {
  let state = seed * 0x9e3779b9;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** Lets messages in. A timer would wait some milliseconds each time. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function fail(error: unknown): void {
  stop();
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
