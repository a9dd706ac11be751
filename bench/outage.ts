import { playOutage } from '../test/core/an-outage.ts';

/**
 * How many messages an outage takes: 300 syncs of mixed intervals on one connection that is dead for six hours, and
 * their slow recovery, checked every minute: `npm run outage`. `npm run outage -- --whole` prints each message whole.
 */
const isWhole = process.argv.includes('--whole');
const said = await playOutage({ syncs: 300, everyMinutes: 1, hoursAfter: 26 });
for (const { at, headline, text } of said) {
  const time = new Date(at).toISOString().slice(5, 16).replace('T', ' ');
  console.log(isWhole ? `── ${time} ──\n\n${text}\n` : `${time}  ${headline}`);
}
console.log(`${said.reduce((sum, { messages }) => sum + messages, 0)} messages`);
