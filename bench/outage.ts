import { playOutage } from '../test/core/an-outage.ts';
import { optionsOf, progress } from '../tools/command-line.ts';

const USAGE = `npm run outage -- [--whole]

Counts the messages of an outage: 300 syncs of mixed intervals share one connection that is down for six hours, then they
recover slowly; a check runs every minute. --whole prints the messages in full.
`;

const SYNCS = 300;
const HOURS_AFTER = 26;

const { whole } = optionsOf(USAGE, { whole: { type: 'boolean', default: false } });
const posts = await playOutage({ syncs: SYNCS, everyMinutes: 1, hoursAfter: HOURS_AFTER }, (done) =>
  progress(() => `played ${Math.round(done * 100)} % of the outage`),
);
for (const { at, headline, text } of posts) {
  const time = new Date(at).toISOString().slice(5, 16).replace('T', ' ');
  process.stdout.write(whole ? `── ${time} ──\n\n${text}\n\n` : `${time}  ${headline}\n`);
}
const count = posts.reduce((sum, { messages }) => sum + messages, 0);
process.stdout.write(
  `${count} messages about ${SYNCS} syncs, one connection down for 6 h, and ${HOURS_AFTER} h after it; a check every minute\n`,
);
