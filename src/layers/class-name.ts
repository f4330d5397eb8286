/** The name of a layer's class, under which Keras and tfjs write it into a model's topology. */

/** Words that class names write in capitals of their own. */
const abbreviations: Readonly<Record<string, string>> = {
  Elu: 'ELU',
  Gru: 'GRU',
  Lstm: 'LSTM',
  Prelu: 'PReLU',
  Rnn: 'RNN',
};

/** `conv2dTranspose` → `Conv2DTranspose`, `convLstm2d` → `ConvLSTM2D`: holds for every function of `tf.layers`. */
export function classNameOf(type: string): string {
  return (type.slice(0, 1).toUpperCase() + type.slice(1))
    .replace(/(\d)d/g, '$1D')
    .replace(/(?:Elu|Gru|Lstm|Prelu|Rnn)(?![a-z])/g, (word) => abbreviations[word]!);
}
