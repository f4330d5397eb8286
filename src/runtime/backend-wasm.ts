/**
 * Opens tfjs's WebAssembly backend the way a command-line program needs it: silent, without the error
 * handlers that Emscripten installs, with an error instead of wrong numbers when its memory is used up, and
 * with the kernels that training needs and the backend lacks.
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
}

const guarded = new WeakSet<object>();

/** Makes `wasm` tfjs's current backend. */
export async function openWasm(tf: Tf): Promise<Opened> {
  if (!tf.engine().backendNames().includes('wasm')) await import('@tensorflow/tfjs-backend-wasm');
  const { getThreadsCount, version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
  const { started, messages } = await startQuietly(() => tf.setBackend('wasm'));
  if (!started) {
    return { ok: false, version, reason: `it does not start: ${messages[0] ?? 'tfjs gives no reason'}` };
  }
  guardMemory(tf.backend() as unknown as WasmBackendInternals);
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
 * pair of collecting functions for that moment, and the new handlers are taken off again.
 */
async function startQuietly(start: () => Promise<boolean>) {
  const { log, warn } = console;
  const kept = (['uncaughtException', 'unhandledRejection'] as const).map((event) => ({
    event,
    listeners: process.rawListeners(event),
  }));
  const messages: string[] = [];
  let running = true;
  const collect = (...values: unknown[]) => {
    const message = values.map(String).join(' ').split('\n')[0]!;
    // After the start only the module itself still calls this, and only when a kernel has failed and is
    // about to return memory that it never wrote.
    if (!running) throw new Error(`the wasm backend failed: ${message}`);
    messages.push(message);
  };
  console.log = collect;
  console.warn = collect;
  try {
    return { started: await start(), messages };
  } catch (error) {
    return { started: false, messages: [error instanceof Error ? error.message : String(error)] };
  } finally {
    running = false;
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
 * When its 4 GiB are used up, the backend's allocator answers with an address of 0 or beyond the end of its
 * memory, and tfjs would go on from there with wrong values.
 */
function guardMemory({ wasm }: WasmBackendInternals): void {
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  // The first call replaces the function itself.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
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
}
