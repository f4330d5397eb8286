/**
 * A call as data: what a layer is lowered to. Two walkers serve every layer: `runtime/build` evaluates a
 * call against tfjs, `compiler/typescript` prints it. So the two targets cannot drift apart.
 */
export type Call = TfCall | NewCall;

/** `tf.layers.conv2d({ … })` */
export interface TfCall {
  /** A dotted tfjs name, `tf.layers.conv2d`. */
  readonly call: `tf.${string}`;
  readonly args: readonly Argument[];
}

/** `new Scale({ … })`, for a layer class of the user's own. */
export interface NewCall extends LayerClass {
  readonly call: 'new';
  readonly args: readonly Argument[];
}

/** A layer class that is not tfjs's, as whoever defines the layer gives it. */
export interface LayerClass {
  /** The name under which the module exports it. */
  readonly className: string;
  /** As an import names it: `./scale.js`, seen from the printed file, or a package. */
  readonly module: string;
  /** The class itself, for models that are built in memory. Its constructor takes the options as one object. */
  readonly class: new (
    options: never,
  ) => object;
}

export type Argument =
  | null
  | boolean
  | number
  | string
  | readonly Argument[]
  | { readonly [key: string]: Argument | undefined }
  | Call;

/** No option of tfjs is named `call`, so the key tells calls and plain objects apart. */
export function isCall(argument: Argument): argument is Call {
  return typeof argument === 'object' && argument !== null && !Array.isArray(argument) && 'call' in argument;
}
