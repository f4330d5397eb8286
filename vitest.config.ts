import { relative } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export const common = {
  pool: 'forks' as const,
  // vitest leaves one processor free, which on a small machine is half of it.
  maxWorkers: '100%',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  unstubEnvs: true,
  // Tests make many objects that live for a moment; with more room for these there is less to clear away.
  execArgv: ['--max-semi-space-size=64'],
};

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

/** Files that need modules of their own: they put others in their place, or look at what a process begins with. */
const alone = [
  'test/runtime/{backend,backend-native}.test.ts',
  'test/runtime/resume-crash-points.test.ts',
  // The plain backend takes half the time where V8 has seen no tensors of others.
  'test/runtime/golden.test.ts',
  'test/runtime/compiled-engine/{faults,module-cache}.test.ts',
  // The first needs a wasm memory that has not grown yet.
  'test/runtime/wasm-kernels/{lazy-tensor,registration}.test.ts',
];

/** In this order, since a worker that goes from one to the other imports all anew. */
const projects = ['alone', 'sharing'];

/** Begun first, so that no processor waits for one of them at the end. */
const longest = /typescript-examples|resume|golden|limits|fuzz/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification) =>
      2 * projects.indexOf(project.name) + Number(!longest.test(relative(import.meta.dirname, moduleId)));
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

const exclude = [...configDefaults.exclude, ...more];

export default defineConfig({
  test: {
    ...common,
    sequence: { sequencer: LongestFirst },
    projects: [
      // Whatever is imported once for all of them need not be imported for each: a fifth of their time.
      {
        extends: true,
        test: {
          name: 'sharing',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...alone],
          isolate: false,
          setupFiles: 'test/setup.ts',
        },
      },
      { extends: true, test: { name: 'alone', include: alone, exclude } },
    ],
  },
});
