import { configDefaults, defineConfig } from 'vitest/config';

export const common = {
  pool: 'forks',
  // vitest leaves one processor free, which on a small machine is half of it.
  maxWorkers: '100%',
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

/** Every layer, loss and optimizer once more on other engines, and the like: `npm run test:more` takes minutes. */
export const more = [
  'test/bench/peers.test.ts',
  'test/browser/example.test.ts',
  'test/cli/onnx.test.ts',
  'test/compiler/onnx/*.test.ts',
  'test/compiler/program/{forward-gradients,forward-pass}.test.ts',
  'test/program/gradients.test.ts',
  'test/runtime/compiled-engine/{layers,networks.property,plans,threads}.test.ts',
];

/** Their files share what they import, which saves a third of their time: none of them changes anything for others. */
const sharing = 'test/{compiler,diagnostics,docs,layers,program,spec}/**/*.test.ts';

const exclude = [...configDefaults.exclude, ...more];

export default defineConfig({
  test: {
    ...common,
    projects: [
      { extends: true, test: { name: 'sharing', include: [sharing], exclude, isolate: false } },
      {
        extends: true,
        test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [...exclude, sharing] },
      },
    ],
  },
});
