import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import { bin, root, run, speccc, temporaryFolder, tinySpec, wrongSpec } from './cli.js';

const parent = temporaryFolder();
let cwd = parent;
let count = 0;

beforeEach(() => {
  cwd = join(parent, String(count++));
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'tiny.yaml'), tinySpec);
  writeFileSync(join(cwd, 'wrong.yaml'), wrongSpec);
});

const graph = (...args: readonly string[]) => speccc(['graph', ...args], { cwd });
const read = (file: string) => readFileSync(join(cwd, file));

describe('graph', () => {
  it('writes NAME.svg, and again over its own file', async () => {
    const first = await graph('tiny.yaml');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^wrote tiny\.svg {2}[\d.]+ kB from tiny\.yaml\n$/);
    const svg = read('tiny.svg').toString();
    for (const text of ['tiny', 'conv2d', '4 filters, 3×3, relu', '8×8×3', '6×6×4', '10 units, softmax']) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect((await graph('tiny.yaml')).code).toBe(0);
    expect(read('tiny.svg').toString()).toBe(svg);
    expect((await graph('tiny.yaml', '-o', '-')).stdout).toBe(svg);
  });

  it.each([
    ['a.SVG', 'svg', '<!-- Drawn by speccc -->\n<svg '],
    ['a.mmd', 'mermaid', '%% Drawn by speccc: tiny\nflowchart TB\n'],
    ['a.mermaid', 'mermaid', '%% Drawn by speccc: tiny\nflowchart TB\n'],
    ['a.dot', 'dot', '// Drawn by speccc\ndigraph "tiny" {\n'],
    ['a.gv', 'dot', '// Drawn by speccc\ndigraph "tiny" {\n'],
    ['folder/a.png', 'png', '\x89PNG\r\n'],
  ])('draws %s as %s', async (file, format, beginning) => {
    const { code, stdout } = await graph('tiny.yaml', '-o', file, '--json');
    expect(code).toBe(0);
    const bytes = read(file);
    expect(JSON.parse(stdout)).toEqual({ spec: 'tiny.yaml', file, format, bytes: bytes.length });
    expect(bytes.toString('latin1')).toMatch(new RegExp(`^${beginning}`));
  });

  it('names the file after --format, and overwrites what it drew itself in another one', async () => {
    await graph('tiny.yaml', '--format', 'png');
    await graph('tiny.yaml', '--format', 'mermaid');
    expect(readdirSync(cwd).sort()).toEqual(['tiny.mmd', 'tiny.png', 'tiny.yaml', 'wrong.yaml']);
    await graph('tiny.yaml', '--format', 'dot', '-o', 'tiny.png');
    await graph('tiny.yaml', '--format', 'dot', '-o', 'tiny.mmd');
    expect(read('tiny.png').toString()).toMatch(/^\/\/ Drawn by speccc\ndigraph /);
    expect(read('tiny.mmd')).toEqual(read('tiny.png'));
  });

  it('paints a PNG with twice the pixels of the SVG, with letters in it', async () => {
    await graph('tiny.yaml');
    await graph('tiny.yaml', '-o', 'tiny.png');
    const [svg, png] = [await sharp(read('tiny.svg')).metadata(), await sharp(read('tiny.png')).metadata()];
    expect(png).toMatchObject({ format: 'png', width: 2 * svg.width, height: 2 * svg.height });
    const title = sharp(read('tiny.png')).extract({ left: 60, top: 50, width: 100, height: 50 });
    expect((await title.greyscale().stats()).channels[0]!.min).toBeLessThan(60);
  });

  it('opens blocks as deep as --depth says', async () => {
    const spec = join(root, 'specs/resnet18.yaml');
    const units = async (depth: string) => {
      const { stdout } = await graph(spec, '--format', 'dot', '-o', '-', '--depth', depth);
      return [stdout.match(/subgraph/g)?.length ?? 0, stdout.match(/"unit /g)?.length ?? 0];
    };
    // The stem and four stages are open, and the two units of each stage are boxes.
    expect(await units('1')).toEqual([5, 8]);
    expect((await units('2'))[0]).toBe(5 + 8);
  });

  it('never overwrites what it did not draw', async () => {
    const foreign = {
      'mine.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
      'readme.md': '# Mine\n\n```mermaid\n%% Drawn by speccc: tiny\nflowchart TB\n```\n',
      'mine.png': await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    };
    for (const [file, content] of Object.entries(foreign)) {
      writeFileSync(join(cwd, file), content);
      const { code, stdout, stderr } = await graph('tiny.yaml', '--format', 'mermaid', '-o', file);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`${file} was not drawn by speccc, so it is not overwritten`);
      expect(read(file)).toEqual(Buffer.from(content));
    }
    mkdirSync(join(cwd, 'folder.svg'));
    const folder = await graph('tiny.yaml', '-o', 'folder.svg');
    expect(folder.code).toBe(2);
    expect(folder.stderr).toContain('folder.svg is a folder');
  });

  it('prints a drawing or JSON, not both', async () => {
    const { code, stderr } = await graph('tiny.yaml', '-o', '-', '--json');
    expect(code).toBe(2);
    expect(stderr).toContain("'--json' cannot be used together with '--output -'");
  });

  it('writes nothing for a spec with errors', async () => {
    const { code, stdout, stderr } = await graph('wrong.yaml');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('kernel-larger-than-input');
    expect(readdirSync(cwd)).toHaveLength(2);
  });

  it('says that a picture is too large, and what else would do', async () => {
    writeFileSync(
      join(cwd, 'deep.yaml'),
      'name: deep\ninput: [3]\nlayers:\n  - repeat: 2000\n    layers: [{ type: dense, units: 3 }]\n',
    );
    const { code, stderr } = await graph('deep.yaml', '--depth', '1', '-o', 'deep.png');
    expect(code).toBe(2);
    expect(stderr).toContain('drawing-too-large');
    expect((await graph('deep.yaml', '-o', 'deep.png')).code).toBe(0);
    expect((await graph('deep.yaml', '--depth', '1')).code).toBe(0);
  });

  it('sends no pixels to a terminal', async () => {
    const command = `'${process.execPath}' '${bin}' graph tiny.yaml --format png -o -`;
    const { stdout } = await run('script', ['-qec', command, '/dev/null'], { cwd });
    expect(stdout).toContain('a PNG is nothing that a terminal can show');
  });
});
