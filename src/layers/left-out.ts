/** What `tf.layers` has and specs have not: why, and what to write instead. A test keeps the two lists true. */

/** Other names of layers, by the name that specs use. */
export const otherNames: Readonly<Record<string, string>> = {
  avgPool1d: 'averagePooling1d',
  avgPool2d: 'averagePooling2d',
  avgPool3d: 'averagePooling3d',
  avgPooling1d: 'averagePooling1d',
  avgPooling2d: 'averagePooling2d',
  avgPooling3d: 'averagePooling3d',
  globalMaxPool1d: 'globalMaxPooling1d',
  globalMaxPool2d: 'globalMaxPooling2d',
  maxPool1d: 'maxPooling1d',
  maxPool2d: 'maxPooling2d',
};

/** Layers and cells that tfjs exports and a model cannot have, each with the reason. */
export const leftOut: Readonly<Record<string, string>> = {
  convLstm2dCell: "tfjs has no layer that runs it: 'rnn' takes sequences of rows only; use 'convLstm2d'",
  resizing: 'tfjs infers its shape without the batch, and throws when a model computes it',
  randomWidth: 'its output has another width at each step, so that nothing with weights can follow it',
};
