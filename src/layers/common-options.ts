/** Options that every layer has. `name` and `type`, which are not tfjs's alone, are added by the spec's schema. */
import { type Static, type TObject, Type } from './type.js';

export const commonOptions = {
  trainable: Type.Optional(
    Type.Boolean({
      description: 'Whether training changes the layer’s weights; false freezes them as they start.',
      default: true,
    }),
  ),
};

export type CommonOptions = Static<TObject<typeof commonOptions>>;
