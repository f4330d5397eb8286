/** Layers of Keras that tfjs lacks, and that other layers compute exactly. */
import type { Findings } from './findings.js';
import type { SavedLayer } from './saved-graph.js';
import { labelOf } from './saved-model.js';

/**
 * The layers that stand for this one, the last of them under its name: the layer itself nearly always. What else takes
 * its place has no weights.
 */
export function rewriteLayer(layer: SavedLayer, findings: Findings): readonly SavedLayer[] {
  const { className, config, name } = layer;
  const [, pooled] = /^Global(?:Average|Max)Pooling([123])D$/.exec(className) ?? [];
  if (pooled !== undefined && config.keepdims === true) {
    findings.note('its keepdims is a reshape behind it', labelOf(className, name));
    const { keepdims: _keepdims, ...others } = config;
    const pool: SavedLayer = { ...layer, name: `${name}_pool`, config: others };
    const shape = aroundChannels(config.data_format, Number(pooled), 1, -1);
    return [pool, { ...layer, className: 'Reshape', config: { target_shape: shape }, inputs: [pool] }];
  }
  const [, dropped] = /^SpatialDropout([23])D$/.exec(className) ?? [];
  if (dropped !== undefined) {
    const { data_format: format, ...others } = config;
    const shape = [null, ...aroundChannels(format, Number(dropped), 1, null)];
    return [{ ...layer, className: 'Dropout', config: { ...others, noise_shape: shape } }];
  }
  return [layer];
}

/** One value for each axis of space, another for that of the channels. */
function aroundChannels<Size>(
  format: unknown,
  rank: number,
  space: number,
  channels: Size,
): (number | Size)[] {
  const spatial = Array<number>(rank).fill(space);
  return format === 'channels_first' ? [channels, ...spatial] : [...spatial, channels];
}
