/** Codes of layers that join several inputs, or hold other layers, and of layers that users define. */
import { codeTable } from './code-entry.js';

export const layerCodes = codeTable({
  'wrong-input-count': {
    kind: 'spec',
    title: 'a layer with too few or too many inputs',
    explanation:
      'Merge layers (`add`, `concatenate`, `dot` and so on) join at least two inputs, which `from: [a, b]` names; all others take one.',
    wrong: '- { type: dense, units: 4, name: a }\n- { type: add }',
    right:
      '- { type: dense, units: 4, name: a }\n- { type: dense, units: 4, name: b }\n- { type: add, from: [a, b] }',
  },
  'shapes-do-not-join': {
    kind: 'spec',
    title: 'branches whose shapes cannot be joined',
    explanation:
      'Elementwise merge layers need inputs of equal sizes along each axis, or of size 1, which is repeated; `concatenate` needs equal sizes along all axes but its own; `dot` along the two axes that it sums over. The message shows all shapes: change a branch so that they agree.',
    wrong:
      '- { type: dense, units: 4, name: a }\n- { type: dense, units: 3, name: b }\n- { type: add, from: [a, b] }',
    right:
      '- { type: dense, units: 4, name: a }\n- { type: dense, units: 4, name: b }\n- { type: add, from: [a, b] }',
  },
  'invalid-layer-definition': {
    kind: 'usage',
    title: 'a layer of your own that cannot join the others',
    explanation:
      'Types of layers are letters and digits, a letter first, and there is one layer of each type. Choose another one for yours.',
  },
});
