/** Finds a Chromium for browser tests; they skip, saying so, where there is none. */
import { accessSync } from 'node:fs';

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const chromiumPath = candidates.find((path): path is string => {
  if (path === undefined) return false;
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
});

export const launchOptions = {
  executablePath: chromiumPath ?? '',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
