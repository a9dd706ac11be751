import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { argumentsOf, usageError } from '../command-line.ts';
import { installedChromium, takeScreenshot } from './chromium.ts';
import { lacksEmoji } from './emoji-font.ts';
import { type Appearance, picturePage, previewPage, THEMES, WIDTHS } from './page.tsx';
import { chaptersOf, type PostedChapter, postedStory } from './posted-chapters.ts';

const USAGE = `npm run preview -- [options] [FILE]

Renders messages as Slack shows them: those of FILE, which is a posted payload in JSON, a list of payloads, or a night
(docs/nights.md); without FILE those of the demo story, of which the picture has two.

--to FOLDER       write preview.html there, with every message at both widths and in both themes (default: build)
--picture FILE    write a PNG, made with Chromium (default: docs/digest.png, with FILE FOLDER/preview.png)
--theme NAME      of the picture: light or dark (default: light)
--width NAME      of the picture: desktop or phone (default: desktop)
--no-picture      write only the page
`;

/** CSS pixels: about the width of a message in Slack on a laptop and on a phone. */
const PIXELS = { desktop: 760, phone: 390 } as const;
/** The chapters of the story in its picture: the first check, and a shared cause. */
const PICTURED = [/^the first check/, /four syncs fail/];

/** `npm run preview`: writes messages as Slack shows them, to a page and to a picture. */
async function preview(): Promise<void> {
  const { values, positionals } = argumentsOf(USAGE, {
    to: { type: 'string', default: 'build' },
    picture: { type: 'string' },
    theme: { type: 'string', default: 'light' },
    width: { type: 'string', default: 'desktop' },
    'no-picture': { type: 'boolean', default: false },
  });
  const [file, ...others] = positionals;
  if (others.length > 0) usageError('expected one file', USAGE);
  const { to } = values;
  const appearance: Appearance = {
    theme: oneOf(THEMES, ['theme', values.theme]),
    width: oneOf(WIDTHS, ['width', values.width]),
  };
  const chapters = file === undefined ? await postedStory() : await chaptersOf(file);
  const styles = {
    library: await readFile(
      createRequire(import.meta.url).resolve('slack-blocks-to-jsx/dist/style.css'),
      'utf8',
    ),
    own: await readFile(new URL('page.css', import.meta.url), 'utf8'),
  };
  const about = file === undefined ? 'The demo story of npm start' : basename(file);
  await write(join(to, 'preview.html'), previewPage(chapters, styles, about));

  const page = join(to, 'picture.html');
  await write(page, picturePage(file === undefined ? pictured(chapters) : chapters, styles, appearance));
  if (values['no-picture']) return;
  const byDefault = file === undefined ? join('docs', 'digest.png') : join(to, 'preview.png');
  await takePicture({ page, picture: values.picture ?? byDefault, width: PIXELS[appearance.width] });
}

function pictured(chapters: readonly PostedChapter[]): readonly PostedChapter[] {
  return chapters.filter(({ chapter }) => PICTURED.some((title) => title.test(chapter.title)));
}

function oneOf<const T extends readonly string[]>(
  names: T,
  [option, value]: readonly [string, string],
): T[number] {
  const found = names.find((name): name is T[number] => name === value);
  return found ?? usageError(`--${option}: expected ${names.join(' or ')}, got "${value}"`, USAGE);
}

async function takePicture(screenshot: Parameters<typeof takeScreenshot>[1]): Promise<void> {
  const { picture } = screenshot;
  const chromium = await installedChromium();
  if (chromium === undefined) {
    print(`did not write ${picture}: it needs Chromium (on Debian and Ubuntu: apt-get install chromium)`);
    return;
  }
  if (await lacksEmoji())
    print(
      'no font has emoji, so they are boxes in the picture (on Debian and Ubuntu: apt-get install fonts-noto-color-emoji)',
    );
  await mkdir(dirname(picture), { recursive: true });
  await takeScreenshot(chromium, screenshot);
  print(`wrote ${picture} (${kilobytes((await stat(picture)).size)}) with ${chromium}`);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
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
