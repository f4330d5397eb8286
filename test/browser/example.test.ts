/** The example page, in Chromium: it trains, its loss falls, and it names what is dropped onto it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type Site } from '../../examples/browser/site.js';
import { compileSpec, emitWasm, loadDataset, type ModelGraph } from '../../src/index.js';
import { modelWeights } from '../../src/runtime/model-weights.js';
import { typeErrors } from '../compiler/printed-modules.js';
import { chromiumPath, launchOptions } from './chromium.js';

let graph: ModelGraph;
beforeAll(async () => {
  const text = await readFile(resolve('specs/lenet5.yaml'), 'utf8');
  // With relu its loss falls within some steps, not some hundreds.
  graph = compileSpec(text.replaceAll('sigmoid', 'relu'), 'lenet5.yaml');
});

it('its programs pass the strictest checks with the loader that they import', async () => {
  const names = ['page', 'worker', 'charts', 'pictures', 'messages', 'gallery'];
  const texts = names.map(
    async (name) => [name, await readFile(resolve(`examples/browser/page/${name}.ts`), 'utf8')] as const,
  );
  const { loader } = await emitWasm(graph, (await modelWeights(graph, undefined)).weights);
  expect(typeErrors(new Map([...(await Promise.all(texts)), ['lenet5', loader]]))).toEqual([]);
});

describe.skipIf(chromiumPath === undefined)(
  'in Chromium (skipped where there is none: set CHROMIUM_PATH)',
  () => {
    let site: Site;
    let browser: Browser;
    let page: Page;
    let folder: string;
    const complaints: string[] = [];
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'speccc-page-'));
      const plan = { type: 'synthetic', classes: 10, train: 640, validation: 200 };
      const dataset = await loadDataset(plan, { inputShape: [32, 32, 3], seed: 42 });
      site = await openSite(graph, dataset, { port: 0, train: 600, validation: Infinity });
      browser = await chromium.launch(launchOptions);
      page = await browser.newPage({ viewport: { width: 1240, height: 1000 } });
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
      page.on('request', (request) => {
        if (!request.url().startsWith(site.url) && !/^(blob|data):/.test(request.url())) {
          complaints.push(`${request.url()} is elsewhere`);
        }
      });
      await page.goto(site.url);
      await page.waitForSelector('#run:not([disabled])');
    });
    afterAll(async () => {
      await browser?.close();
      await site?.close();
      await rm(folder, { recursive: true, force: true });
    });

    const lossOf = async (kind: string) => {
      const text = await page.getAttribute('#loss-chart', 'aria-label');
      return Number(new RegExp(`${kind} ([\\d.]+)`).exec(text ?? '')?.[1]);
    };

    it('trains until its loss has fallen, pauses, goes on, and starts over', async () => {
      expect(await page.textContent('#run')).toBe('Train');
      expect(await page.textContent('#notice')).toContain('drawn by a program');
      await page.click('#run');
      expect(await page.textContent('#run')).toBe('Pause');
      await expect.poll(() => lossOf('training'), { timeout: 50_000, interval: 200 }).toBeLessThan(2.1);
      await expect.poll(() => lossOf('validation'), { timeout: 50_000, interval: 200 }).toBeLessThan(2.2);
      expect(Number((await page.textContent('#rate'))!.replace(',', ''))).toBeGreaterThan(0);
      await page.click('#run');
      expect(await page.textContent('#run')).toBe('Go on');
      await expect.poll(() => page.textContent('#rate')).toBe('–');
      const epoch = Number(await page.textContent('#epoch'));
      await page.click('#run');
      await expect.poll(async () => Number(await page.textContent('#epoch'))).toBeGreaterThan(epoch);
      await page.click('#run');
      await expect.poll(() => page.textContent('#rate')).toBe('–');
      const right = Number(await page.textContent('#right'));
      expect(right).toBeGreaterThan(Number(await page.textContent('#shown')) / 8);
    });

    it('names a picture of its own, and an image that is dropped', async () => {
      await page.click('#gallery button:nth-child(3)');
      await expect.poll(() => page.textContent('#verdict')).toMatch(/^An? [\w ]+, it says$/);
      expect(await page.textContent('#truth')).toMatch(/^(right|it is: )/);

      const dropFile = async (name: string, content: string) => {
        const transfer = await page.evaluateHandle(`(async () => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([${content}], '${name}'));
        return transfer;
      })()`);
        await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer });
      };
      const bluePicture = `await (async () => {
      const canvas = new OffscreenCanvas(300, 200);
      const context = canvas.getContext('2d');
      context.fillStyle = '#1f6fb4';
      context.fillRect(0, 0, 300, 200);
      return canvas.convertToBlob();
    })()`;
      await dropFile('blue.png', bluePicture);
      await expect.poll(() => page.textContent('#truth')).toBe('');
      const shares = (await page.locator('.share').allTextContents()).map((text) => parseInt(text, 10));
      expect(shares).toHaveLength(10);
      const sum = shares.reduce((all, share) => all + share);
      expect(Math.abs(sum - 100)).toBeLessThanOrEqual(5);
      expect(await page.locator('.likeliest .share').textContent()).toBe(`${Math.max(...shares)} %`);
      const pixel = await page.evaluate(
        "[...document.getElementById('picture').getContext('2d').getImageData(16, 16, 1, 1).data]",
      );
      expect(pixel).toEqual([0x1f, 0x6f, 0xb4, 255]);

      await dropFile('notes.txt', `'no image'`);
      await expect
        .poll(() => page.textContent('#notice'))
        .toBe('notes.txt is no image that this browser can read.');
    });

    it('saves the weights, starts over, and complains of nothing', async () => {
      const [saved] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
      expect(saved.suggestedFilename()).toBe('lenet5.safetensors');
      const file = join(folder, 'lenet5.safetensors');
      await saved.saveAs(file);
      const names = (await modelWeights(graph, file)).weights.map(({ name }) => name);
      expect(names).toContain('f3/bias');
      await page.click('#restart');
      await expect.poll(() => page.textContent('#run')).toBe('Train');
      await expect.poll(() => page.textContent('#epoch')).toBe('0.00');
      expect(complaints).toEqual([]);
    });

    it('fits a telephone', async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    });
  },
);
