import { renderToStaticMarkup } from 'react-dom/server';
import type { ToldChapter } from './notified-story.ts';
import { ShownInSlack, type Theme } from './slack-message.tsx';

/** The styles of a page: the library's, and ours after them. */
export interface Styles {
  readonly library: string;
  readonly own: string;
}

const THEMES: readonly Theme[] = ['light', 'dark'];
const WIDTHS = ['desktop', 'phone'] as const;

/** The whole page: each chapter on a lock screen, and at both widths in both themes. */
export function previewPage(chapters: readonly ToldChapter[], styles: Styles): string {
  return page(
    styles,
    <main>
      <h1>What sync-alerts posts to Slack</h1>
      <p>The demo story of npm start, for a reader in UTC. Slack itself may differ in detail.</p>
      {chapters.map((notified) => (
        <section key={notified.chapter.at}>
          <h2>
            {clock(notified)} · {notified.chapter.title}
          </h2>
          <LockScreens notified={notified} />
          {THEMES.map((theme) => (
            <div className="row" key={theme}>
              {WIDTHS.map((width) => (
                <Channel notified={notified} theme={theme} width={width} key={width} />
              ))}
            </div>
          ))}
        </section>
      ))}
    </main>,
  );
}

/** The chapters alone, one beneath the other as in a channel: what is made a picture of. */
export function picturePage(chapters: readonly ToldChapter[], styles: Styles): string {
  return page(
    styles,
    <div className="picture">
      {chapters.map((notified) => (
        <Channel notified={notified} theme="light" width="desktop" key={notified.chapter.at} />
      ))}
    </div>,
  );
}

function page({ library, own }: Styles, body: React.ReactNode): string {
  const html = renderToStaticMarkup(
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>sync-alerts in Slack</title>
        <style>{library}</style>
        <style>{own}</style>
      </head>
      <body>
        {body}
        <script>document.documentElement.dataset.height = document.documentElement.scrollHeight</script>
      </body>
    </html>,
  );
  return `<!doctype html>\n${html}\n`;
}

function LockScreens({ notified }: { notified: ToldChapter }) {
  return notified.messages.map(({ text }) => (
    <div className="lock-screen" key={text}>
      <b>Slack · #sync-alerts</b>
      <time>{clock(notified)}</time>
      <p>{unescaped(text)}</p>
    </div>
  ));
}

function Channel({
  notified,
  theme,
  width,
}: {
  notified: ToldChapter;
  theme: Theme;
  width: (typeof WIDTHS)[number];
}) {
  return (
    <div className={`channel ${width} ${theme}`}>
      {notified.messages.map((message) => (
        <ShownInSlack message={message} at={notified.chapter.at} theme={theme} key={message.text} />
      ))}
    </div>
  );
}

function clock({ chapter }: ToldChapter): string {
  return new Date(chapter.at).toISOString().slice(11, 16);
}

/** A notification shows what Slack's escapes stand for. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
