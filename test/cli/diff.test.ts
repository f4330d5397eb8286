import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasEscapes, speccc, temporaryFolder, tinySpec, wrongSpec } from './cli.js';

const cwd = temporaryFolder();

beforeAll(() => {
  writeFileSync(join(cwd, 'tiny.yaml'), tinySpec);
  writeFileSync(
    join(cwd, 'same.yaml'),
    `# the same\n${tinySpec.replace('kernelSize: 3', 'kernelSize: [3, 3]')}`,
  );
  writeFileSync(
    join(cwd, 'wider.yaml'),
    tinySpec.replace('filters: 4', 'filters: 8').replace('epochs: 2', 'epochs: 3'),
  );
  writeFileSync(join(cwd, 'wrong.yaml'), wrongSpec);
});

const diff = (...args: readonly string[]) => speccc(['diff', ...args], { cwd });

describe('diff', () => {
  it('says what differs, in plain text where nobody looks', async () => {
    const { code, stdout, stderr } = await diff('tiny.yaml', 'wider.yaml');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^tiny\.yaml → wider\.yaml\n\n/);
    // 4 more filters of 3x3x3 with their biases; 144 more inputs to 10 units.
    expect(stdout).toMatch(/^~ c1 +conv2d +6x6x4 → 6x6x8 +\+112 +\+3,888 +\+576 bytes\n {6}filters 4 → 8$/m);
    expect(stdout).toMatch(/^~ out +dense +10 +\+1,440 +\+1,440$/m);
    expect(stdout).toMatch(/^ {2}difference +\+1,552 +\+5,328 /m);
    expect(stdout).toMatch(/^training\n {2}epochs 2 → 3$/m);
    expect(hasEscapes(stdout)).toBe(false);
  });

  it('says that nothing differs, however it is written', async () => {
    const { code, stdout } = await diff('tiny.yaml', 'same.yaml', '--exit-code');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'tiny.yaml and same.yaml describe the same model\n',
    });
  });

  it('exits with 1 for a difference where that was asked for', async () => {
    expect((await diff('tiny.yaml', 'wider.yaml', '--exit-code')).code).toBe(1);
  });

  it('prints data with --json', async () => {
    const { stdout } = await diff('tiny.yaml', 'wider.yaml', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      files: { before: 'tiny.yaml', after: 'wider.yaml' },
      equal: false,
      model: [],
      layers: [
        {
          kind: 'changed',
          before: { name: 'c1', parameters: 112 },
          after: { name: 'c1', parameters: 224 },
          options: [{ name: 'filters', before: 4, after: 8 }],
          rewired: false,
        },
        { after: { name: 'flatten' } },
        { after: { name: 'out' } },
      ],
      training: [{ name: 'epochs', before: 2, after: 3 }],
      totals: { before: { layers: 3, parameters: 1562 }, after: { layers: 3, parameters: 3114 } },
    });
  });

  it('compares nothing where a spec is wrong', async () => {
    const { code, stdout, stderr } = await diff('tiny.yaml', 'wrong.yaml');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('2 errors in wrong.yaml');
    expect((await diff('nowhere.yaml', 'wrong.yaml')).stderr).toContain('there is no file nowhere.yaml');
  });
});
