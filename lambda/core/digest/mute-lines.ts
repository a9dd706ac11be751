import { groupBy } from '../group-by.ts';
import type { MutedCounts, TrackedAlert } from '../notify/notification.ts';
import type { MuteReason } from '../state.ts';
import { subject } from './alert-lines.ts';
import type { Item } from './digest.ts';
import { coverageOf, listOf, MAX_NAMED } from './names.ts';
import { joined, type Line, moment, strong, untrusted, words } from './rich-text.ts';
import { formatNumber, pluralize } from './wording.ts';

const HELD: Readonly<Record<MuteReason, string>> = {
  silenced: 'silenced until now',
  acknowledged: 'acknowledged until now',
  quiet_hours: 'held until the end of quiet hours',
};

/** One line for what silences held back until now, one for acknowledgements, and one for the end of quiet hours. */
export function unmutedItems(alerts: readonly TrackedAlert[]): readonly Item[] {
  const groups = groupBy(alerts, ({ logEntry: { muted } }) => muted?.by ?? 'silenced');
  return (['silenced', 'acknowledged', 'quiet_hours'] as const).flatMap((by) =>
    unmutedItem(groups.get(by) ?? [], HELD[by]),
  );
}

/** "12 alerts were silenced until now: 9 resolved in the meantime, still open: a (critical), b, c". */
function unmutedItem(alerts: readonly TrackedAlert[], what: string): readonly Item[] {
  if (alerts.length === 0) return [];
  const open = alerts.filter(({ alert }) => alert.state === 'firing');
  const resolved = alerts.length - open.length;
  const isCritical = ({ alert }: TrackedAlert) => alert.severity === 'critical';
  const groups = [...groupBy(open, ({ cause, fingerprint }) => cause?.key ?? fingerprint).values()];
  const parts: readonly Line[] = [
    resolved === 0
      ? []
      : [
          words(
            `${resolved === alerts.length ? allOf(resolved) : formatNumber(resolved)} resolved in the meantime`,
          ),
        ],
    open.length === 0 ? [] : [words('still open: '), ...listOf(groups.map(openLine))],
  ];
  const listed = new Set(groups.slice(0, MAX_NAMED).flat());
  return [
    {
      level: open.some(isCritical) ? 'critical' : open.length > 0 ? 'warning' : 'good',
      title: [
        strong(`${pluralize(alerts.length, 'alert')} ${alerts.length === 1 ? 'was' : 'were'} ${what}`),
        words(': '),
        ...joined(parts, ', '),
      ],
      detail: [],
      covers: alerts.map((one) => coverageOf(one, 'unmuted', listed.has(one))),
    },
  ];
}

/** "orders (critical)", or what several share: "connection pg-main (40 syncs, critical)". */
function openLine(alerts: readonly TrackedAlert[]): Line {
  const [first] = alerts;
  if (first === undefined) return [];
  const critical = alerts.some(({ alert }) => alert.severity === 'critical') ? ['critical'] : [];
  const { cause } = first;
  const count = cause === undefined ? [] : [pluralize(alerts.length, 'sync')];
  const notes = [...count, ...critical].join(', ');
  const name = cause === undefined ? subject(first) : causeName(cause);
  return notes === '' ? name : [...name, words(` (${notes})`)];
}

function causeName({ kind, name }: NonNullable<TrackedAlert['cause']>): Line {
  return kind === 'organisation' ? [words('the whole organisation')] : [words(`${kind} `), untrusted(name)];
}

function allOf(count: number): string {
  return count === 1 ? 'it' : 'all';
}

/** "3 silenced until 18:00, 1 acknowledged, 2 wait for the end of quiet hours". */
export function mutedText(muted: MutedCounts | undefined): Line {
  if (muted === undefined) return [];
  const { silenced, until, acknowledged, inQuietHours } = muted;
  return joined(
    [
      silenced === 0 ? [] : [words(`${formatNumber(silenced)} silenced until `), moment(until)],
      acknowledged === 0 ? [] : [words(`${formatNumber(acknowledged)} acknowledged`)],
      inQuietHours === 0
        ? []
        : [
            words(
              `${formatNumber(inQuietHours)} ${inQuietHours === 1 ? 'waits' : 'wait'} for the end of quiet hours`,
            ),
          ],
    ],
    ', ',
  );
}
