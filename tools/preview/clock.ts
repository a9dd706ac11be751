import { DAY_SECONDS, type Instant } from '../../lambda/core/time.ts';

const DAY_MS = DAY_SECONDS * 1000;

/** An instant as Slack's `{date_short_pretty} {time}` shows it to a reader in UTC on the day of `today`. */
export function clockText(instant: Instant, today: Instant): string {
  const days = Math.floor(today / DAY_MS) - Math.floor(instant / DAY_MS);
  const day = days === 0 ? 'Today' : days === 1 ? 'Yesterday' : dayText(instant);
  const time = new Date(instant).toLocaleTimeString('en-US', {
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return `${day} ${time}`;
}

function dayText(instant: Instant): string {
  return new Date(instant).toLocaleDateString('en-US', {
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    timeZone: 'UTC',
  });
}
