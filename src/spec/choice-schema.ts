/** A thing chosen by name: `optimizer: adam`, or `optimizer: { type: adam, learningRate: 0.01 }`. */

import { strictObject } from '../layers/options.js';
import { type TProperties, Type } from '../layers/type.js';

export interface Choice {
  readonly summary: string;
  readonly options: TProperties;
}

/** As the named choices of layers are: the bare name where no option of the kind is required. */
export function choiceSchema<Value>(kinds: Readonly<Record<string, Choice>>, description: string) {
  const branches = Object.entries(kinds).map(([type, { summary, options }]) =>
    strictObject({ type: Type.Literal(type), ...options }, { description: summary }),
  );
  const bare = branches
    .filter(({ required }) => required?.length === 1)
    .map((branch) => branch.properties.type.const);
  return Type.Unsafe<Value>({
    anyOf: [
      { type: 'string', enum: bare },
      { type: 'object', discriminator: { propertyName: 'type' }, oneOf: branches },
    ],
    description,
  });
}
