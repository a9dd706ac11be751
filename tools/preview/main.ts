import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { optionsOf } from '../command-line.ts';
import { installedChromium, takeScreenshot } from './chromium.ts';
import { picturePage, previewPage } from './page.tsx';
import { postedStory } from './posted-story.ts';

const USAGE = `npm run preview -- [--to FOLDER] [--picture FILE] [--no-picture]

Renders the messages of the demo story as Slack shows them: FOLDER/preview.html (default: build) has all of them at two
widths and in two themes; FILE (default: docs/digest.png) is a picture of two of them, made with Chromium.
`;

/** CSS pixels, about the width of a message in Slack on a laptop. */
const PICTURE_WIDTH = 760;
/** The chapters in the picture: the first check, and a shared cause. */
const PICTURED = [/^the first check/, /four syncs fail/];

/** `npm run preview`: writes the messages of the demo story as Slack shows them, to a page and to a picture. */
async function preview(): Promise<void> {
  const {
    to,
    picture,
    'no-picture': withoutPicture,
  } = optionsOf(USAGE, {
    to: { type: 'string', default: 'build' },
    picture: { type: 'string', default: join('docs', 'digest.png') },
    'no-picture': { type: 'boolean', default: false },
  });
  const chapters = await postedStory();
  const styles = {
    library: await readFile(
      createRequire(import.meta.url).resolve('slack-blocks-to-jsx/dist/style.css'),
      'utf8',
    ),
    own: await readFile(new URL('page.css', import.meta.url), 'utf8'),
  };
  await mkdir(to, { recursive: true });
  await write(join(to, 'preview.html'), previewPage(chapters, styles));

  const pictured = chapters.filter(({ chapter }) => PICTURED.some((title) => title.test(chapter.title)));
  const page = join(to, 'picture.html');
  await write(page, picturePage(pictured, styles));
  if (withoutPicture) return;
  const chromium = await installedChromium();
  if (chromium === undefined) {
    print(`did not write ${picture}: it needs Chromium (on Debian and Ubuntu: apt-get install chromium)`);
    return;
  }
  await takeScreenshot(chromium, { page, picture, width: PICTURE_WIDTH });
  print(`wrote ${picture} (${kilobytes((await stat(picture)).size)}) with ${chromium}`);
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  print(`wrote ${file} (${kilobytes(Buffer.byteLength(text))})`);
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// The preview shows times as a reader in UTC sees them, on every machine.
process.env['TZ'] = 'UTC';
await preview();
