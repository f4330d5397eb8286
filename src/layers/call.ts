/**
 * A call as data: what a layer is lowered to. Two walkers serve every layer: `runtime/build` evaluates a
 * call against tfjs, `compiler/typescript` prints it. So the two targets cannot drift apart.
 */
export interface Call {
  /** A dotted tfjs name, `tf.layers.conv2d`. */
  readonly call: `tf.${string}`;
  readonly args: readonly Argument[];
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
