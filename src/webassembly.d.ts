/**
 * The part of the WebAssembly interface of JavaScript that is used here. TypeScript has it only together with a
 * whole browser, whose global names (`name`, `length`, `document`) would then pass for variables of ours.
 */
declare namespace WebAssembly {
  /** A compiled module; it can be posted to a worker. */
  class Module {
    constructor(bytes: Uint8Array);
    /** So that bytes do not pass for a module. */
    private readonly module: never;
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  class Memory {
    /** Sizes are in pages of 64 KiB. A shared memory needs a maximum. */
    constructor(size: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean });
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
    grow(pages: number): number;
  }

  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  /** Whether the engine takes a module; that of a feature which it lacks, it does not. */
  function validate(bytes: Uint8Array): boolean;
}
