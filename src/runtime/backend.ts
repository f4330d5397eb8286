/**
 * Which engine computes. tfjs comes with several backends of very different speed, some of them native
 * packages that are often missing; this file tries them from the fastest to the one that always works, says
 * which it took, and keeps the reason why each of the others was not taken.
 */
import { createRequire } from 'node:module';
import { SpecccError } from '../diagnostics/index.js';
import { openNative } from './backend-native.js';
import { openWasm } from './backend-wasm.js';

/** The whole of tfjs as a value: functions take it as their first argument, since it is loaded late. */
export type Tf = typeof import('@tensorflow/tfjs');

/** From the fastest to the slowest: the order in which `auto` tries them. */
export const backendNames = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** What became of one backend. */
export interface BackendAttempt {
  readonly name: BackendName;
  readonly ok: boolean;
  /** Why it was not taken, a clause without a full stop: `not installed`. */
  readonly reason?: string;
}

/** A backend that is ready: it is also tfjs's current backend. */
export interface Backend {
  readonly tf: Tf;
  readonly name: BackendName;
  /** For people: `wasm, SIMD, 1 thread`. */
  readonly description: string;
  /** Computes on a GPU. */
  readonly gpu: boolean;
  /** Everything that was tried, in order; the last one is the backend itself. */
  readonly attempts: readonly BackendAttempt[];
}

/** A backend as `speccc doctor` reports it. */
export interface BackendProbe {
  readonly name: BackendName;
  readonly usable: boolean;
  /** `wasm, SIMD, 1 thread`, where it is usable. */
  readonly description?: string;
  /** Why it cannot be used. */
  readonly reason?: string;
  /** Version of the package that provides it, where that is installed. */
  readonly version?: string;
  readonly gpu?: boolean;
}

/** Something that trains on other backends but not, or not rightly, on this one. */
export interface BackendLimit {
  readonly backend: BackendName;
  /** The layer kind. */
  readonly layer: string;
  /** Which of its options, in words. */
  readonly options: string;
  /** What goes wrong, and why. */
  readonly reason: string;
}

/**
 * Faults of tfjs that only one backend has. What no backend can train is said by the layer kinds themselves
 * (`trainingProblem`).
 */
export const backendLimits: readonly BackendLimit[] = [
  {
    backend: 'cpu',
    layer: 'upSampling2d',
    options: 'interpolation: nearest, and batches of more than one example',
    reason:
      'the gradient is wrong: tfjs’s ResizeNearestNeighborGrad looks for each example in the place of another',
  },
  {
    backend: 'cpu',
    layer: 'upSampling2d',
    options: 'interpolation: bilinear, and images that are not square',
    reason: 'training stops with an error: tfjs’s ResizeBilinearGrad exchanges height and width',
  },
  {
    backend: 'cpu',
    layer: 'maxPooling3d',
    options: 'windows of which height and width differ',
    reason: 'the gradient is wrong: tfjs’s MaxPool3DGrad takes the one for the other when it counts rows',
  },
  ...(
    [
      ['averagePooling1d', 'AvgPoolGrad'],
      ['averagePooling2d', 'AvgPoolGrad'],
      ['averagePooling3d', 'AvgPool3DGrad'],
    ] as const
  ).map(([layer, kernel]) => ({
    backend: 'cpu' as const,
    layer,
    options: 'padding: same',
    reason: `the gradient is wrong at the edges: tfjs’s ${kernel} divides by the whole window, of which a part lies outside`,
  })),
];

/** The limits that training these layer kinds on the backend meets, a sentence each. */
export function backendNotices(backend: string, types: readonly string[]): readonly string[] {
  return backendLimits
    .filter((limit) => limit.backend === backend && types.includes(limit.layer))
    .map(({ layer, options, reason }) => `${layer} on ${backend}, with ${options}: ${reason}`);
}

/** What opening one backend gives: it works, or the reason why not. */
export type Opened =
  | { readonly ok: true; readonly description: string; readonly gpu: boolean; readonly version: string }
  | { readonly ok: false; readonly reason: string; readonly version?: string };

/** An `import()` would first look through the whole text of a CommonJS package for names, which takes twice as long. */
const loadPackage = createRequire(import.meta.url);

/** tfjs itself, without choosing a backend. The first call takes about half a second. */
export async function loadTf(): Promise<Tf> {
  return loadPackage('@tensorflow/tfjs') as Tf;
}

/**
 * Makes a backend tfjs's current one and returns it; `auto` takes the first of `backendNames` that works.
 * Prints nothing and leaves the process's error handlers as they were.
 *
 * @throws SpecccError `unknown-backend` for another name, `backend-unavailable` where the one named does
 *   not work here.
 */
export function openBackend(name: BackendName | 'auto'): Promise<Backend> {
  return oneAtATime(async () => {
    const wanted = name === 'auto' ? backendNames : backendNames.filter((known) => known === name);
    if (wanted.length === 0) {
      throw new SpecccError('unknown-backend', `there is no backend '${name}'`, {
        hints: [`choose one of: auto, ${backendNames.join(', ')}`],
      });
    }
    const tf = await loadTf();
    const attempts: BackendAttempt[] = [];
    for (const candidate of wanted) {
      const opened = await open(tf, candidate);
      if (opened.ok) {
        const { description, gpu } = opened;
        attempts.push({ name: candidate, ok: true });
        return { tf, name: candidate, description, gpu, attempts };
      }
      attempts.push({ name: candidate, ok: false, reason: opened.reason });
    }
    throw new SpecccError(
      'backend-unavailable',
      name === 'auto'
        ? `no backend works here: ${attempts.map((attempt) => `${attempt.name}: ${attempt.reason}`).join('; ')}`
        : `the backend '${name}' cannot be used: ${attempts[0]?.reason}`,
      {
        hints: [
          "use '--backend auto', which takes the fastest one that works",
          "run 'speccc doctor' to see the state of every backend",
        ],
      },
    );
  });
}

/**
 * Tries every backend and reports what it found, fastest first. Afterwards tfjs's current backend is the one
 * from before, if there was one. Of the two native packages only the first that loads is tried: one process
 * cannot hold both.
 */
export function probeBackends(): Promise<readonly BackendProbe[]> {
  return oneAtATime(async () => {
    const tf = await loadTf();
    const before = tf.engine().backendName;
    const probes: BackendProbe[] = [];
    for (const name of backendNames) {
      const opened = await open(tf, name);
      probes.push(
        opened.ok
          ? {
              name,
              usable: true,
              description: opened.description,
              gpu: opened.gpu,
              version: opened.version,
            }
          : {
              name,
              usable: false,
              reason: opened.reason,
              ...(opened.version === undefined ? {} : { version: opened.version }),
            },
      );
    }
    if (before) await tf.setBackend(before);
    return probes;
  });
}

function open(tf: Tf, name: BackendName): Promise<Opened> {
  switch (name) {
    case 'tfjs-node-gpu':
    case 'tfjs-node':
      return openNative(tf, `@tensorflow/${name}`);
    case 'wasm':
      return openWasm(tf);
    case 'cpu':
      return openCpu(tf);
  }
}

async function openCpu(tf: Tf): Promise<Opened> {
  if (!(await tf.setBackend('cpu'))) return { ok: false, reason: 'tfjs could not start it' };
  // Its first tensor would print an advertisement for tfjs-node.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  return { ok: true, description: 'cpu, plain JavaScript, 1 thread', gpu: false, version: tf.version_core };
}

let last: Promise<unknown> = Promise.resolve();

/** Opening a backend changes state of tfjs and, for a moment, of the console: never two at once. */
function oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}
