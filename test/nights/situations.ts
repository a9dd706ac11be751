import type { Night } from './notation/night.ts';
import { clockText } from './notation/time-words.ts';
import type { PlayedNight, SentDigest } from './play/played-night.ts';

/*
 * The table of docs/situations.md: what may meet in a night, and what is then sent, where and when. A row is made from a
 * night and what its checks sent. `npm run goldens` writes the table, and the tests of the nights compare it.
 */

/** What may meet: each has rules of its own, and their meetings are where rules fail. */
export const FACTORS = [
  'silence',
  'recovery',
  'route',
  'quiet hours',
  'acknowledgement',
  'crash',
  'deploy',
] as const;
export type Factor = (typeof FACTORS)[number];

/** A mute or a route: a night without any is no situation. */
const OPTIONAL: readonly Factor[] = ['silence', 'route', 'quiet hours', 'acknowledgement'];

export const SITUATIONS = new URL('../../docs/situations.md', import.meta.url);

/** What meets in a night, in the order of `FACTORS`; empty when it is no situation. */
export function factorsOf(night: Night): readonly Factor[] {
  const found = FACTORS.filter((factor) => IS_IN[factor](night));
  return found.some((factor) => OPTIONAL.includes(factor)) ? found : [];
}

const has = (night: Night, ...kinds: readonly Night['events'][number]['event']['kind'][]) =>
  night.events.some(({ event }) => kinds.includes(event.kind));

const policiesOf = ({ policy, events }: Night) =>
  JSON.stringify([policy, ...events.map(({ event }) => (event.kind === 'policy' ? event.policy : {}))]);

const IS_IN: Readonly<Record<Factor, (night: Night) => boolean>> = {
  silence: (night) => has(night, 'silence'),
  recovery: ({ events }) =>
    events.some(
      ({ event }) =>
        (event.kind === 'runs' && event.result.kind === 'works') ||
        (event.kind === 'person' && event.verb === 'resumes') ||
        (event.kind === 'listing' && event.mode.kind === 'works'),
    ),
  route: (night) => policiesOf(night).includes('"routes":'),
  'quiet hours': (night) => policiesOf(night).includes('"quietHours":'),
  acknowledgement: (night) => has(night, 'acknowledge'),
  crash: ({ events }) =>
    events.some(({ event }) => event.kind === 'killed' || (event.kind === 'checks' && !event.run)),
  deploy: (night) => has(night, 'policy'),
};

/** One row of the table. */
export function situationRow(name: string, night: Night, { sent }: PlayedNight): string {
  const messages = linesOf(sent).join('<br>');
  const title = `[${night.title}](../test/nights/${name}.transcript.txt)`;
  return `| ${title} | ${factorsOf(night).join(', ')} | ${messages || 'nothing'} |`;
}

/** A line for each message; one that is posted again and again is one line with its first and its last time. */
function linesOf(sent: readonly SentDigest[]): readonly string[] {
  const posts = sent.flatMap(({ at, to, posts: own }) => own.map((post) => ({ at, to, ...post })));
  const runs: { first: Posted; last: Posted; count: number }[] = [];
  for (const post of posts) {
    const run = runs.findLast(({ last }) => last.to === post.to);
    if (run !== undefined && post.answer !== 'accepted' && run.last.answer === post.answer) {
      run.last = post;
      run.count += 1;
    } else runs.push({ first: post, last: post, count: 1 });
  }
  return runs.map(({ first, last, count }) => {
    const times = count === 1 ? clockText(first.at) : `${clockText(first.at)} to ${clockText(last.at)}`;
    const note =
      first.answer === 'accepted' ? '' : ` (${first.answer}${count === 1 ? '' : ` ${count} times`})`;
    return `${times} **${first.to}** ${inCell(last.push.replace(/^prod: /, ''))}${note}`;
  });
}

type Posted = Pick<SentDigest, 'at' | 'to'> & SentDigest['posts'][number];

/** Text from outside in a cell of a table, on one line. */
function inCell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[|<>*_`[\]\\]/g, (sign) => `\\${sign}`);
}

/** The nights of each pair of factors. */
export function countPairs(nights: readonly Night[]): ReadonlyMap<string, number> {
  const pairs = FACTORS.flatMap((one, index) =>
    FACTORS.slice(index + 1).map((other) => [one, other] as const),
  );
  const found = nights.map(factorsOf);
  return new Map(
    pairs.map(([one, other]) => [
      `${one} × ${other}`,
      found.filter((factors) => factors.includes(one) && factors.includes(other)).length,
    ]),
  );
}

/** The whole document. */
export function situationsDocument(rows: readonly string[], nights: readonly Night[]): string {
  return `# Situations

Silences, routes, quiet hours and acknowledgements meet one another, recoveries, crashes and deploys. Each row is a night
that is played by the tests: the situation, what meets in it, and every message that is sent in it, with its time (UTC), its
destination, and its text as a lock screen shows it; an event of PagerDuty with its key. The links lead to the whole messages.
The rules: [mutes.md](design/mutes.md) and [routes.md](routes.md).

\`npm run goldens\` writes this page from [the nights](nights.md), and the tests compare it.

| situation | what meets | what is sent, when and where |
|---|---|---|
${rows.join('\n')}

## Which of them meet

How many of the nights above play each pair:

${pairTable(countPairs(nights))}
`;
}

function pairTable(pairs: ReadonlyMap<string, number>): string {
  const columns = FACTORS.slice(1);
  const lines = FACTORS.slice(0, -1).map((one, index) => {
    const cells = columns.map((other, column) =>
      column < index ? '' : (pairs.get(`${one} × ${other}`) ?? 0),
    );
    return `| **${one}** | ${cells.join(' | ')} |`;
  });
  return [`| | ${columns.join(' | ')} |`, `|---|${columns.map(() => '---:').join('|')}|`, ...lines].join(
    '\n',
  );
}
