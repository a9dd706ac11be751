import type { Digest, Item } from '../core/digest.ts';
import type { Line, Span } from '../core/rich-text.ts';

/** How the parts of a text are shown: colours in a terminal, as they are elsewhere. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly name: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly mark: Readonly<Record<Item['mark'], (text: string) => string>>;
}

const asItIs = (text: string) => text;

/** Nothing but the text, for logs and files. */
export const PLAIN: Style = {
  heading: asItIs,
  strong: asItIs,
  name: asItIs,
  faint: asItIs,
  mark: { critical: asItIs, warning: asItIs, good: asItIs, note: asItIs },
};

/** A digest as text for terminals and logs; no line is broken, and it ends without a newline. */
export function plainText(digest: Digest, style: Style = PLAIN): string {
  const sections = digest.sections.map(({ title, items }) =>
    [style.heading(title), ...items.map((item) => itemText(item, style))].join('\n'),
  );
  return [style.strong(digest.headline), ...sections, style.faint(lineText(digest.context, PLAIN))].join(
    '\n\n',
  );
}

function itemText({ mark, title, detail }: Item, style: Style): string {
  const head = `  ${style.mark[mark](MARKS[mark])} ${lineText(title, style)}`;
  return detail.length === 0 ? head : `${head}\n${INDENT}${lineText(detail, style)}`;
}

const MARKS: Readonly<Record<Item['mark'], string>> = {
  critical: 'CRITICAL',
  warning: 'WARNING ',
  good: 'OK      ',
  note: '-       ',
};
const INDENT = ' '.repeat(11);

function lineText(line: Line, style: Style): string {
  return line.map((span) => spanText(span, style)).join('');
}

function spanText(span: Span, style: Style): string {
  switch (span.kind) {
    case 'words':
      return span.text;
    case 'strong':
      return style.strong(span.text);
    case 'name':
      return style.name(span.text);
    case 'moment':
      return `${new Date(span.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  }
}
