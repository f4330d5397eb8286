/** As `mistakes`, of graphs, blocks, params and arithmetic. */
export const languageMistakes: readonly (readonly [name: string, given: string, ...want: string[]])[] = [
  [
    'two forms',
    '- { type: elu, «repeat»: 2, layers: [] }',
    "conflicting-options a step is one thing: it cannot have both 'type' and 'repeat' (make two steps of it)",
  ],
  [
    'a block as a type',
    '- { type: block, «use»: unit }',
    "conflicting-options a step is one thing: it cannot have both 'type' and 'use' (make two steps of it)",
  ],
  [
    'a misspelt form',
    '- { «repaet»: 2, layers: [{ type: elu }] }',
    "missing-option layers[0] needs a 'type', or 'use', 'parallel' or 'repeat' (did you mean 'repeat' by 'repaet'?)",
  ],
  [
    'an expression in place of a step',
    '- «"${1}"»',
    'wrong-type layers[0]: expected a mapping with a \'type\', found "${1}"',
  ],
  [
    'an expression in place of the steps',
    'layers: «"${1}"»',
    'wrong-type layers: expected a list of 1 to 10000 layers, found "${1}"',
  ],
  [
    'a computed block',
    '- { «use»: "${1}" }',
    'invalid-expression use: the name of a block cannot be computed, found "${1}" (write one step for each block, with \'when\')',
  ],
  [
    'a branch without its list',
    '- { parallel: [«{ type: elu }», []], merge: add }',
    'wrong-type layers[0].parallel[0]: expected a list of steps, found a mapping (a branch is a list of steps: [{ type: … }, …])',
  ],
  [
    'one branch',
    '- { parallel: «[[]]», merge: add }',
    'out-of-range layers[0].parallel: expected a list of 2 to 1000 lists of steps, found a list of 1',
  ],
  ['no merge', '- «»{ parallel: [[], []] }', "missing-option a parallel needs 'merge'"],
  [
    'a merge that joins nothing',
    '- { parallel: [[], []], merge: «dense» }',
    'unknown-value layers[0].merge: expected add, average, multiply, maximum, minimum, concatenate or dot, found "dense"',
  ],
  [
    'a merge without its options',
    '- { parallel: [[], []], merge: «dot» }',
    "missing-option layers[0].merge: 'dot' cannot do without options (write { type: dot, axes: … })",
  ],
  [
    'a name in the merge',
    '- { parallel: [[], []], merge: { type: add, «name»: sum } }',
    "unknown-option add has no option 'name' (its only option is 'trainable')",
  ],
  [
    'a negative repeat',
    '- { repeat: «-1», layers: [{ type: flatten }] }',
    'out-of-range layers[0].repeat: expected an integer of at least 0, found -1',
  ],
  [
    'half a repeat',
    '- { repeat: «"${5 / 2}"», layers: [{ type: flatten }] }',
    'wrong-type layers[0].repeat: expected an integer, found 2.5 (${5 / 2} is 2.5)',
  ],
  [
    'a word as when',
    '- { type: elu, when: «yes» }',
    'wrong-type layers[0].when: expected true or false, or a number, found "yes" (write true)',
  ],
  [
    'from a number',
    '- { type: elu, from: «3» }',
    'wrong-type layers[0].from: expected text, or a list of 1 to 1000 values, found 3 (write "3")',
  ],
  [
    'the layer itself',
    '- { type: elu, name: a, from: «a» }',
    "circular-reference from: 'a' waits for this step itself: a → a",
  ],
  [
    'a part of itself',
    '- { parallel: [[{ type: elu, from: «m» }], []], merge: add, name: m }',
    "circular-reference from: 'm' waits for this step itself: elu_1 → m → elu_1",
  ],
  [
    'another branch',
    '- { parallel: [[{ type: elu, name: a }], [{ type: elu, from: «a» }]], merge: add, name: m }',
    "unknown-step there is no step or input 'a' here (the names known here are input)",
  ],
  [
    'inside a block',
    'blocks:\n  b: { layers: [{ type: elu, name: a }] }\nlayers:\n  - { use: b, name: u }\n  - { type: elu, from: «a» }',
    "unknown-step there is no step or input 'a' here (the names known here are u, input)",
  ],
  [
    'the name input',
    '- { type: elu, name: «input» }',
    "invalid-name layers[0].name: 'input' is the name of the model’s or the block’s input (choose another name)",
  ],
  [
    'a long part of a name',
    `- { type: elu, name: «a/${'b'.repeat(65)}» }`,
    `out-of-range layers[0].name: expected at most 64 characters, found "a/${'b'.repeat(37)}…"`,
  ],
  [
    'a computed name',
    '- { type: elu, name: «"${0 - 1}"» }',
    'wrong-type layers[0].name: expected text, found -1',
  ],
  [
    'a computed name with a space',
    '- { type: elu, name: «"a ${1}"» }',
    'invalid-name layers[0].name: expected a letter, then letters, digits and underscores, found "a 1"',
  ],
  [
    'a computed type',
    '- { type: «"el${1}"» }',
    'unknown-layer-type there is no layer type "el1" (did you mean \'elu\'?; el${1} is "el1")',
  ],
  [
    'an unknown param',
    'params: { width: 2 }\nlayers:\n  - { type: elu, name: "a${width}" }\n  - { type: flatten }\n  - { type: dense, units: "${2 * «widht»}" }',
    "unknown-param there is no param 'widht' (did you mean 'width'?)",
  ],
  [
    'a param of the file in a block',
    'params: { width: 2 }\nblocks:\n  b: { layers: [{ type: dense, units: "${«width»}" }] }\nlayers:\n  - { type: dense, units: "${width}" }\n  - { use: b }',
    "unknown-param there is no param 'width' (no params are known here)",
  ],
  [
    'a param before it is there',
    'params: { a: "${«b»}", b: 1 }\nlayers:\n  - { type: dense, units: "${a + b}" }',
    "unknown-param there is no param 'b' (no params are known here)",
  ],
  [
    'an index outside',
    '- { repeat: 2, as: i, layers: [{ type: elu, name: "e${i}" }] }\n- { type: dense, units: "${«i»}" }',
    "unknown-param there is no param 'i' (no params are known here)",
  ],
  [
    'an index twice',
    '- { repeat: 2, as: i, layers: [{ repeat: 2, as: «i», layers: [{ type: elu }] }] }',
    "duplicate-name as: 'i' has a value here already (choose another name)",
  ],
  [
    'a param without a value',
    'params: { «width»: null }\nlayers:\n  - { type: dense, units: "${width}" }',
    "missing-option the param 'width' has no value (give it one here, or with --set params.width=…)",
  ],
  [
    'a list as a param',
    'params: { size: «[3, 3]» }\nlayers:\n  - { type: elu }',
    'wrong-type params.size: expected a number, or text, or true or false, or null, found [3, 3]',
  ],
  [
    'a reserved param',
    'blocks:\n  b: { params: { «from»: 1 }, layers: [{ type: dense, units: "${from}" }] }\nlayers:\n  - { use: b }',
    "invalid-name a param cannot be called 'from': the word is a key of every step (choose another name)",
  ],
  [
    'a param that is no name',
    'params: { «my-width»: 1 }\nlayers:\n  - { type: elu }',
    'invalid-name params: expected a letter, then letters, digits and underscores, at most 64 in all, found "my-width"',
  ],
  [
    'a param too few',
    'blocks:\n  b: { params: { n: null }, layers: [{ type: dense, units: "${n}" }] }\nlayers:\n  - { use: «b» }',
    "missing-option the block 'b' needs 'n'",
  ],
  [
    'a param too many',
    'blocks:\n  b: { layers: [{ type: elu }] }\nlayers:\n  - { use: b, «n»: 1 }',
    "unknown-option the block 'b' has no param 'n' (it has no params)",
  ],
  [
    'a param of another kind',
    'blocks:\n  b: { params: { n: 1 }, layers: [{ type: dense, units: "${n}" }] }\nlayers:\n  - { use: b, n: «true» }',
    "wrong-type the block 'b': expected a number for 'n', found true",
  ],
  [
    'a computed param of another kind',
    'blocks:\n  b: { params: { n: 1 }, layers: [{ type: dense, units: "${n}" }] }\nlayers:\n  - { use: b, n: «"${1 < 2}"» }',
    "wrong-type the block 'b': expected a number for 'n', found true (${1 < 2} is true)",
  ],
  [
    'a default without a result',
    'blocks:\n  b: { params: { n: 0, m: "${1 / «n»}" }, layers: [{ type: dense, units: "${m}" }] }\nlayers:\n  - { use: b }',
    "impossible-arithmetic `1 / n` divides by zero (with n = 0; in block 'b', used at x.yaml:6:5)",
  ],
  [
    'inputs and input',
    '«inputs»: { a: [4] }\ninput: [4]\nlayers:\n  - { type: dense, units: 2, from: a }',
    "conflicting-options a spec has either 'input' or 'inputs', not both (write all of them into 'inputs')",
  ],
  [
    'an input that nothing takes',
    'inputs: { a: [4], «b»: [4] }\nlayers:\n  - { type: dense, units: 2, from: a }',
    "unused-step no step takes the input 'b' (take it with 'from: b', or remove it)",
  ],
  [
    'an output twice',
    '- { type: elu, name: a }\noutputs: [a, «a»]'.replace(/^- /, 'layers:\n  - '),
    'out-of-range outputs: expected each value once, found "a" again',
  ],
  [
    'one output by two names',
    'blocks:\n  b: { layers: [{ type: elu }] }\nlayers:\n  - { use: b, name: u }\noutputs: [u, «u/elu_1»]',
    "duplicate-name outputs: 'u/elu_1' is the same as 'u'",
  ],
  [
    'too few parameters',
    'layers:\n  - { type: flatten }\n  - { type: dense, units: 2, name: d }\nexpect: { parameters: «{ min: 1000 }» }',
    'expectation-failed expect.parameters: expected at least 1,000 parameters, but the model has 386 (the largest layers: d 386)',
  ],
  [
    'too much work',
    'layers:\n  - { type: flatten }\n  - { type: dense, units: 2, name: d }\nexpect: { multiplyAdds: «{ max: 100 }» }',
    'expectation-failed expect.multiplyAdds: expected at most 100 multiply-adds, but the model has 384 (the largest layers: d 384)',
  ],
  [
    'another output',
    'layers:\n  - { type: flatten }\nexpect: { output: «[10]» }',
    'expectation-failed expect.output: expected 10, but the output is 192',
  ],
  [
    'a misspelt fact',
    'layers:\n  - { type: flatten }\nexpect: { «parametres»: 10 }',
    "unknown-option expect has no option 'parametres' (did you mean 'parameters'?)",
  ],
  [
    'brackets without quotes',
    'params: { n: 2 }\nlayers:\n  - { type: dense, units: «${n}» }',
    'yaml-syntax inside brackets, \'${…}\' needs quotes (write "${n}")',
  ],
  [
    'a cell as a layer',
    '- { type: «lstmCell», units: 3 }',
    'unknown-layer-type there is no layer type "lstmCell" (a cell stands in a recurrent layer: { type: rnn, cell: { type: lstmCell, … } })',
  ],
  [
    'a layer as a cell',
    'input: [4, 2]\nlayers:\n  - { type: rnn, cell: { type: «lstm», units: 3 } }',
    'unknown-layer-type there is no cell type "lstm" (did you mean \'lstmCell\'?)',
  ],
  [
    'a misspelt option of a nested layer',
    'input: [4, 2]\nlayers:\n  - { type: timeDistributed, layer: { type: dense, units: 3, «activaton»: relu } }',
    "unknown-option dense has no option 'activaton' (did you mean 'activation'?)",
  ],
  [
    'a merge inside a layer',
    'input: [4, 2]\nlayers:\n  - { type: timeDistributed, layer: { type: «concatenate» } }',
    'unknown-layer-type there is no layer type "concatenate" to stand inside another layer',
  ],
];
