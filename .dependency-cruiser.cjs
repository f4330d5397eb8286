/**
 * The import rules of docs/architecture.md, checked by `npm run check`.
 * Rooms, from the ground up; a room may import itself and the rooms below it.
 */
const rooms = ['diagnostics', 'program', 'layers', 'spec', 'compiler', 'runtime', 'cli'];

const upward = rooms.slice(0, -1).map((room, level) => ({
  name: `${room}-imports-downward`,
  comment: `src/${room} may import only ${rooms.slice(0, level + 1).join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: `^src/(index\\.ts|(${rooms.slice(level + 1).join('|')})/)` },
}));

const only = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    ...upward,
    only('only-runtime-imports-tfjs', '^src/runtime/', 'node_modules/@tensorflow/'),
    only('only-the-typescript-target-imports-ts-morph', '^src/compiler/typescript', 'node_modules/ts-morph/'),
    only('only-the-onnx-target-imports-protobuf', '^src/compiler/onnx/', 'node_modules/@bufbuild/'),
    only('only-the-wasm-target-imports-wabt', '^src/compiler/wasm/', 'node_modules/wabt/'),
    only(
      'only-runtime-imports-heavy-packages',
      '^src/runtime/',
      'node_modules/(vega|vega-lite|sharp|pacote|tar|@resvg|@npmcli)/',
    ),
    {
      name: 'heavy-packages-are-loaded-lazily',
      comment: 'await import() where it is used, so that validating a spec stays fast',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: 'node_modules/(@tensorflow/tfjs[^/]*|ts-morph|wabt|vega|vega-lite|sharp|pacote|tar|@resvg|@npmcli)/',
        dependencyTypesNot: ['type-only', 'type-import'],
        dynamic: false,
      },
    },
    {
      name: 'the-onnx-encoder-is-loaded-lazily',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/compiler/onnx/encode-model', dynamic: false },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/((index|cli/main)\\.ts|webassembly\\.d\\.ts)$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
