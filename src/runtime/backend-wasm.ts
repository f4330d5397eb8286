/**
 * Opens tfjs's WebAssembly backend the way a command-line program needs it: silent, without the error
 * handlers that Emscripten installs, with an error instead of wrong numbers where its memory is used up or a
 * kernel fails, and with the kernels that training needs and the backend lacks.
 */
import { SpecccError } from '../diagnostics/index.js';
import type { Opened, Tf } from './backend.js';
import { registerWasmKernels } from './wasm-kernels/index.js';

interface WasmBackendInternals {
  readonly wasm: {
    _malloc(bytes: number): number;
    _free(address: number): void;
    readonly HEAPU8: Uint8Array;
  };
  readSync(...place: unknown[]): unknown;
}

const guarded = new WeakSet<object>();

/** Makes `wasm` tfjs's current backend. */
export async function openWasm(tf: Tf): Promise<Opened> {
  const { getThreadsCount, version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
  const { started, messages } = await startQuietly(() => tf.setBackend('wasm'));
  if (!started) {
    return { ok: false, version, reason: `it does not start: ${messages[0] ?? 'tfjs gives no reason'}` };
  }
  const backend = tf.backend() as unknown as WasmBackendInternals;
  if (!guarded.has(backend)) {
    guarded.add(backend);
    guard(backend, messages);
  }
  registerWasmKernels(tf);
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const threads = getThreadsCount();
  return {
    ok: true,
    version,
    gpu: false,
    description: `wasm, ${simd ? 'SIMD' : 'no SIMD'}, ${threads} thread${threads === 1 ? '' : 's'}`,
  };
}

/**
 * The compiled module keeps `console.log` and `console.warn` as it finds them when it starts, and installs
 * process-wide handlers that print the whole bundle for any error of the program. So the console is lent a
 * function for that moment which collects what the module has to say, then and later, and the new handlers are
 * taken off again.
 */
async function startQuietly(start: () => Promise<boolean>) {
  const { log, warn } = console;
  const kept = (['uncaughtException', 'unhandledRejection'] as const).map((event) => ({
    event,
    listeners: process.rawListeners(event),
  }));
  const messages: string[] = [];
  const collect = (...values: unknown[]) => {
    messages.push(values.map(String).join(' ').split('\n')[0]!.trim());
  };
  console.log = collect;
  console.warn = collect;
  try {
    return { started: await start(), messages };
  } catch (error) {
    return { started: false, messages: [error instanceof Error ? error.message : String(error)] };
  } finally {
    console.log = log;
    console.warn = warn;
    for (const { event, listeners } of kept) {
      for (const listener of process.rawListeners(event)) {
        if (!listeners.includes(listener)) process.off(event, listener as () => void);
      }
    }
  }
}

/**
 * Two things that the backend passes over in silence, which end in wrong values. When its 4 GiB are used up, its
 * allocator answers with an address of 0 or beyond the end of its memory. And a kernel that fails prints a line
 * and returns a tensor that it never wrote to: the next kernel, or whoever reads the tensor, gets the error.
 */
function guard(backend: WasmBackendInternals, messages: string[]): void {
  const { wasm } = backend;
  const failIfTold = () => {
    const [told] = messages.splice(0).filter((message) => message !== '');
    if (told !== undefined) throw new Error(`the wasm backend failed: ${told}`);
  };
  messages.length = 0;
  // The first call replaces the function itself.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    failIfTold();
    const address = allocate(bytes);
    // Addresses above 2 GiB come as negative numbers.
    if (address === 0 || (address >>> 0) + bytes > wasm.HEAPU8.length) {
      const size = Math.ceil(bytes / 2 ** 20);
      throw new SpecccError(
        'out-of-memory',
        `the wasm backend has no memory left for a tensor of ${size} MiB (it can address 4 GiB)`,
        { hints: ['use a smaller batch size', 'use a smaller model', 'use a native backend'] },
      );
    }
    return address;
  };
  const read = backend.readSync;
  backend.readSync = (...place) => {
    failIfTold();
    return read.apply(backend, place);
  };
}
