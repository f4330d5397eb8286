/** Whether the compiled engine works here, and with what: it computes a number, to be sure. */
import { compileSpec } from '../../compiler/check-spec.js';
import { openCompiledEngine } from './compiled-engine.js';
import { hasSharedMemory } from './helper-threads.js';
import { allowRelaxedSimd, hasSimd } from './vector-support.js';

export interface CompiledEngineProbe {
  readonly usable: boolean;
  /** `wasm, SIMD, 2 threads`, where it is usable. */
  readonly description?: string;
  /** Why it cannot be used, a clause. */
  readonly reason?: string;
  readonly simd: boolean;
  /** Without it there is one thread. */
  readonly sharedMemory: boolean;
  /** For `--relaxed`. */
  readonly relaxedSimd: boolean;
}

export async function probeCompiledEngine(): Promise<CompiledEngineProbe> {
  const features = { simd: hasSimd(), sharedMemory: hasSharedMemory(), relaxedSimd: allowRelaxedSimd() };
  if (!features.simd) return { usable: false, reason: 'there is no WebAssembly SIMD here', ...features };
  try {
    return { usable: true, description: await computeSix(), ...features };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { usable: false, reason: message.split('\n')[0]!, ...features };
  }
}

const spec = 'name: probe\ninput: [2]\nlayers:\n  - { name: sum, type: dense, units: 1 }\n';

/** 1·1 + 1·2 + 3. Returns what computed it. */
async function computeSix(): Promise<string> {
  const engine = await openCompiledEngine(compileSpec(spec, 'probe.yaml'));
  try {
    await engine.setWeights([
      { name: 'sum/kernel', values: new Float32Array([1, 2]) },
      { name: 'sum/bias', values: new Float32Array([3]) },
    ]);
    const batch = { count: 1, inputs: new Float32Array([1, 1]), labels: new Int32Array(1) };
    const [six] = await engine.predictBatch(batch);
    if (six !== 6) throw new Error(`it computes wrongly: ${six} instead of 6`);
    return engine.description;
  } finally {
    engine.dispose();
  }
}
