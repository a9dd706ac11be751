import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installedChromium, takePicture } from './chromium.ts';
import { toldStory } from './notified-story.ts';
import { picturePage, previewPage } from './page.tsx';

/** As wide as the messages of a channel on a laptop. */
const PICTURE_WIDTH = 760;
/** What the picture shows: the first look, and a cause that several syncs share. */
const PICTURED = [/^the first look/, /four syncs fail together/];

/** `npm run preview`: writes what the demo story says as Slack would show it, as a page and as a picture. */
async function preview(): Promise<void> {
  const { values } = parseArgs({
    options: {
      to: { type: 'string', default: 'build' },
      picture: { type: 'string', default: join('docs', 'digest.png') },
      'no-picture': { type: 'boolean', default: false },
    },
  });
  const { to, picture } = values;
  const chapters = await toldStory();
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
  if (values['no-picture']) return;
  const chromium = await installedChromium();
  if (chromium === undefined) {
    say(`${picture} was left as it is: it needs Chromium (on Debian and Ubuntu: apt-get install chromium)`);
    return;
  }
  await takePicture(chromium, page, picture, PICTURE_WIDTH);
  say(`wrote ${picture} (${kilobytes((await stat(picture)).size)}) with ${chromium}`);
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  say(`wrote ${file} (${kilobytes(Buffer.byteLength(text))})`);
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KB`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

// The reader of the preview is in UTC, wherever it is made.
process.env['TZ'] = 'UTC';
await preview();
