import { playOutage } from '../test/core/an-outage.ts';

/**
 * `npm run outage`: counts the messages of an outage. 300 syncs of mixed intervals share one connection that is down for six
 * hours, then they recover slowly; a check runs every minute. `npm run outage -- --whole` prints the messages in full.
 */
const isWhole = process.argv.includes('--whole');
const posts = await playOutage({ syncs: 300, everyMinutes: 1, hoursAfter: 26 });
for (const { at, headline, text } of posts) {
  const time = new Date(at).toISOString().slice(5, 16).replace('T', ' ');
  console.log(isWhole ? `── ${time} ──\n\n${text}\n` : `${time}  ${headline}`);
}
console.log(`${posts.reduce((sum, { messages }) => sum + messages, 0)} messages`);
