import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What Chromium is called where it is installed. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Without a window, and without asking the network for anything. */
const QUIETLY = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
];
const PATIENCE_MS = 60_000;

/** The name under which Chromium can be run; undefined where there is none. */
export async function installedChromium(): Promise<string | undefined> {
  for (const name of NAMES) {
    try {
      await run(name, ['--version'], { timeout: PATIENCE_MS });
      return name;
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** Makes a picture of a page, as wide as asked and as high as the page is, both in CSS pixels. */
export async function takePicture(
  chromium: string,
  page: string,
  picture: string,
  width: number,
): Promise<void> {
  const url = pathToFileURL(page).href;
  const profile = await mkdtemp(join(tmpdir(), 'sync-alerts-preview-'));
  const command = [...QUIETLY, `--user-data-dir=${profile}`];
  const options = { timeout: PATIENCE_MS, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await run(
      chromium,
      [...command, `--window-size=${width},600`, '--dump-dom', url],
      options,
    );
    const height = stdout.match(/data-height="(\d+)"/)?.[1];
    if (height === undefined) throw new Error(`${chromium} did not say how high ${page} is`);
    await run(
      chromium,
      [...command, `--window-size=${width},${height}`, `--screenshot=${picture}`, url],
      options,
    );
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
