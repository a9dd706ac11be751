import { DAY_SECONDS, type Instant } from '../../lambda/core/time.ts';

const DAY_MS = DAY_SECONDS * 1000;

/** A moment as Slack's `{date_short_pretty} {time}` shows it on the day of `today`, to a reader in UTC. */
export function clockText(moment: Instant, today: Instant): string {
  const days = Math.floor(today / DAY_MS) - Math.floor(moment / DAY_MS);
  const day = days === 0 ? 'Today' : days === 1 ? 'Yesterday' : dayText(moment);
  const time = new Date(moment).toLocaleTimeString('en-US', {
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return `${day} ${time}`;
}

function dayText(moment: Instant): string {
  return new Date(moment).toLocaleDateString('en-US', {
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    timeZone: 'UTC',
  });
}
