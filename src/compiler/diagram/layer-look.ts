/** The families that layers are coloured by: told from their names, so that new layers have a colour too. */

const families = {
  convolution: /conv(?!lstm)/i,
  recurrent: /rnn|lstm|gru|bidirectional|timeDistributed/i,
  pooling: /pooling/i,
  dense: /^(dense|embedding)$/i,
  activation: /activation|relu|^elu$|softmax/i,
  normalization: /normalization/i,
  regularization: /dropout|noise|masking/i,
  shape: /flatten|reshape|permute|repeatVector|padding|crop|upSampling|resizing|rescaling|encoding/i,
} as const;

export type LayerLook = keyof typeof families | 'merge' | 'other';

/** `merges`: it joins several inputs. */
export function lookOf(type: string, merges: boolean): LayerLook {
  if (merges) return 'merge';
  const found = Object.entries(families).find(([, words]) => words.test(type));
  return (found?.[0] as keyof typeof families | undefined) ?? 'other';
}
