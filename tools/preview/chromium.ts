import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The names under which systems install Chromium. */
const EXECUTABLES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** No window, and no requests to the network. */
const FLAGS = [
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
const TIMEOUT_MS = 60_000;

/** The name of the installed Chromium; undefined when none of its names can be run. */
export async function installedChromium(): Promise<string | undefined> {
  for (const name of EXECUTABLES) {
    try {
      await run(name, ['--version'], { timeout: TIMEOUT_MS });
      return name;
    } catch {
      // Try the next name.
    }
  }
  return undefined;
}

interface Screenshot {
  /** The HTML file to show. It gives its height as `data-height` of its root element. */
  readonly page: string;
  /** The PNG file to write. */
  readonly picture: string;
  /** In CSS pixels; the height is that of the page. */
  readonly width: number;
}

/** Takes a screenshot of a whole page. */
export async function takeScreenshot(chromium: string, { page, picture, width }: Screenshot): Promise<void> {
  const url = pathToFileURL(page).href;
  const profile = await mkdtemp(join(tmpdir(), 'sync-alerts-preview-'));
  const flags = [...FLAGS, `--user-data-dir=${profile}`];
  const options = { timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await run(
      chromium,
      [...flags, `--window-size=${width},600`, '--dump-dom', url],
      options,
    );
    const height = stdout.match(/data-height="(\d+)"/)?.[1];
    if (height === undefined) throw new Error(`${chromium} rendered ${page} without a data-height`);
    await run(
      chromium,
      [...flags, `--window-size=${width},${height}`, `--screenshot=${picture}`, url],
      options,
    );
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
