import { renderToStaticMarkup } from 'react-dom/server';
import type { PostedChapter } from './posted-chapters.ts';
import { ShownInSlack, type Theme } from './slack-message.tsx';

/** The style sheets of a page, in the order of their cascade. */
interface Styles {
  /** Of slack-blocks-to-jsx. */
  readonly library: string;
  readonly own: string;
}

export const THEMES = ['light', 'dark'] as const satisfies readonly Theme[];
export const WIDTHS = ['desktop', 'phone'] as const;
export type Width = (typeof WIDTHS)[number];

/**
 * A page of HTML with each chapter on a lock screen, and at both widths in both themes.
 *
 * @param about Where the messages come from.
 */
export function previewPage(chapters: readonly PostedChapter[], styles: Styles, about: string): string {
  return page(
    styles,
    <main>
      <h1>What sync-alerts posts to Slack</h1>
      <p>{about}, as a reader in UTC sees it. Slack itself may differ in detail.</p>
      {chapters.map((posted) => (
        <section key={posted.chapter.at}>
          <h2>
            {clock(posted)} · {posted.chapter.title}
          </h2>
          <LockScreens posted={posted} />
          {THEMES.map((theme) => (
            <div className="row" key={theme}>
              {WIDTHS.map((width) => (
                <Channel posted={posted} theme={theme} width={width} key={width} />
              ))}
            </div>
          ))}
        </section>
      ))}
    </main>,
  );
}

/** How a picture shows its messages. */
export interface Appearance {
  readonly theme: Theme;
  readonly width: Width;
}

/** A page of HTML with the chapters one below the other, as in a channel: the source of a picture. */
export function picturePage(
  chapters: readonly PostedChapter[],
  styles: Styles,
  appearance: Appearance,
): string {
  return page(
    styles,
    <div className={`picture ${appearance.width}`}>
      {chapters.map((posted) => (
        <Channel posted={posted} {...appearance} key={posted.chapter.at} />
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
        <script>
          document.documentElement.dataset.height = Math.ceil(document.body.getBoundingClientRect().height)
        </script>
      </body>
    </html>,
  );
  return `<!doctype html>\n${html}\n`;
}

function LockScreens({ posted }: { posted: PostedChapter }) {
  return posted.messages.map(({ text }) => (
    <div className="lock-screen" key={text}>
      <b>Slack · #sync-alerts</b>
      <time>{clock(posted)}</time>
      <p>{unescaped(text)}</p>
    </div>
  ));
}

function Channel({ posted, theme, width }: { posted: PostedChapter; theme: Theme; width: Width }) {
  return (
    <div className={`channel ${width} ${theme}`}>
      {posted.messages.map((message) => (
        <ShownInSlack message={message} at={posted.chapter.at} theme={theme} key={message.text} />
      ))}
    </div>
  );
}

function clock({ chapter }: PostedChapter): string {
  return new Date(chapter.at).toISOString().slice(11, 16);
}

/** The text with the characters that Slack's escapes stand for, as a notification on a phone shows them. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
