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

export default defineConfig({
  test: { ...common, include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, ...more] },
});
