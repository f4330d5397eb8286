/**
 * Turns WebAssembly text into a module. The code generator writes text because people can read it, search it and
 * compare it; an assembler from npm knows the binary format. It is wabt and not binaryen, which is 104 MB against
 * 5.5 MB, takes 0.7 s to load against 0.1 s, and seven times as long for the same text and the same bytes.
 */

export interface AssembleOptions {
  /** Allows relaxed SIMD (fused multiply-add), which not every engine has. */
  readonly relaxed?: boolean;
  /** Keeps the names of functions and locals in the module, for profiles and stack traces. */
  readonly names?: boolean;
}

/**
 * Assembles and validates a module of the features that the code generator uses: SIMD, threads (atomics and
 * shared memory), bulk memory, several results. Loads the assembler at the first call.
 *
 * A text that is wrong is a bug of its writer: a plain `Error` with the assembler's message, the line and the
 * column.
 */
export async function assembleWat(
  text: string,
  options: AssembleOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  assembler ??= loadAssembler();
  const { parseWat } = await assembler;
  const features: Features = { threads: true, relaxed_simd: options.relaxed ?? false };
  // A string would lose what is not ASCII: a comment may name a layer in any script.
  const module = parseWat('module.wat', new TextEncoder().encode(text), features);
  try {
    const { buffer } = module.toBinary({ write_debug_names: options.names ?? false });
    // The engine is faster at it, but only the assembler knows the line; and the engine may lack a feature.
    if (!WebAssembly.validate(buffer)) module.validate(features);
    return buffer;
  } finally {
    module.destroy();
  }
}

let assembler: Promise<Assembler> | undefined;

async function loadAssembler(): Promise<Assembler> {
  const { default: wabt } = await import('wabt');
  return (await wabt()) as Assembler;
}

/** SIMD, bulk memory and several results are on from the start. */
interface Features {
  readonly threads: boolean;
  readonly relaxed_simd: boolean;
}

/** What is used of wabt. Its own types forget that `validate` takes features. */
interface Assembler {
  parseWat(fileName: string, text: Uint8Array, features: Features): AssembledModule;
}

interface AssembledModule {
  validate(features: Features): void;
  toBinary(options: { readonly write_debug_names: boolean }): { readonly buffer: Uint8Array<ArrayBuffer> };
  destroy(): void;
}
