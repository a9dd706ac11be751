import type { Alert } from '../../../lambda/core/alert.ts';
import type { SendReason } from '../../../lambda/core/notify/reason.ts';
import type { NotificationLogEntry } from '../../../lambda/core/state.ts';
import { ago, aLastNotified, aLogEntry, anAlert, anEndedAlert, minutes } from '../a-sync.ts';

export const UNDELIVERED = { undeliveredSince: ago(minutes(20)) } as const satisfies NotificationLogEntry;
export const FIRING_IN_FLIGHT = {
  inFlight: { what: 'firing', times: 1 },
} as const satisfies NotificationLogEntry;
export const RESOLUTION_IN_FLIGHT = {
  inFlight: { what: 'resolved', times: 1 },
} as const satisfies NotificationLogEntry;

/** What a destination may have been sent about an alert. */
export const LOG_ENTRIES = {
  'nothing, pending': {},
  'nothing, undelivered': UNDELIVERED,
  'nothing, held': { heldSince: ago(minutes(10)) },
  'nothing, muted': { muted: { since: ago(minutes(10)), by: 'silenced', id: 'k3f9' } },
  'nothing, firing in flight': { ...UNDELIVERED, ...FIRING_IN_FLIGHT },
  'firing (warning)': aLogEntry(),
  'firing (critical)': aLogEntry({ lastNotified: aLastNotified({ severity: 'critical' }) }),
  'firing (other problem)': aLogEntry({ lastNotified: aLastNotified({ problems: ['stalled'] }) }),
  'firing, disabling imminent': aLogEntry({
    lastNotified: aLastNotified({ severity: 'critical', disableImminent: true }),
  }),
  'firing, escalation in flight': aLogEntry({ ...UNDELIVERED, ...FIRING_IN_FLIGHT }),
  'firing, resolution undelivered': aLogEntry(UNDELIVERED),
  'firing, resolution in flight': aLogEntry({ ...UNDELIVERED, ...RESOLUTION_IN_FLIGHT }),
  'firing and resolution': aLogEntry({ resolutionSent: true }),
} as const satisfies Record<string, NotificationLogEntry>;
export type LogEntryName = keyof typeof LOG_ENTRIES;

export const ALERTS = {
  pending: anAlert({ state: 'pending' }),
  warning: anAlert(),
  critical: anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } }),
  imminent: anAlert({
    severity: 'critical',
    criticalBy: 'failures',
    critical: { from: ago(minutes(30)) },
    disableImminent: true,
  }),
  'was critical': anAlert({ critical: { from: ago(minutes(30)), to: ago(minutes(10)) } }),
  'other problem': anAlert({ problem: 'stalled', problems: ['stalled'] }),
  resolved: anEndedAlert(),
  paused: anEndedAlert({ resolution: { how: 'paused', at: ago(minutes(10)) } }),
  unlisted: anEndedAlert({ resolution: { how: 'unlisted', at: ago(minutes(10)) } }),
  excluded: anEndedAlert({ resolution: { how: 'excluded', reason: 'x', at: ago(minutes(10)) } }),
  'pending again': anEndedAlert({ pendingAgain: { since: ago(60), problems: ['failing'] } }),
} as const satisfies Record<string, Alert>;
export type AlertName = keyof typeof ALERTS;

const COLUMNS = [
  'pending',
  'warning',
  'critical',
  'imminent',
  'was critical',
  'other problem',
  'resolved',
  'excluded',
  'pending again',
] as const satisfies readonly AlertName[];

type Cell = SendReason | '–';
const WAITED = 'resolved_undelivered';
const GROUPED = 'resolved_in_group';
const IMMINENT = 'disable_imminent';

const NAMES = [
  'nothing, pending',
  'nothing, undelivered',
  'nothing, held',
  'nothing, firing in flight',
  'firing (warning)',
  'firing (critical)',
  'firing (other problem)',
  'firing, disabling imminent',
  'firing, escalation in flight',
  'firing, resolution undelivered',
  'firing, resolution in flight',
  'firing and resolution',
] as const satisfies readonly LogEntryName[];

// biome-ignore format: a table
const TABLE: Readonly<Record<(typeof NAMES)[number], readonly Cell[]>> = {
  //                                 pending  warning    critical     imminent     was critical  other problem  resolved    excluded    pending again
  'nothing, pending':               ['–',     'new',     'new',       'new',       'new',        'new',         '–',        '–',        '–'],
  'nothing, undelivered':           ['–',     'new',     'new',       'new',       'new',        'new',         WAITED,     WAITED,     WAITED],
  'nothing, held':                  ['–',     'new',     'new',       'new',       'new',        'new',         GROUPED,    GROUPED,    GROUPED],
  'nothing, firing in flight':      ['–',     'new',     'new',       'new',       'new',        'new',         WAITED,     WAITED,     WAITED],
  'firing (warning)':               ['–',     '–',       'escalated', 'escalated', 'escalated',  'changed',     'resolved', 'resolved', 'resolved'],
  'firing (critical)':              ['–',     '–',       '–',         IMMINENT,    '–',          'changed',     'resolved', 'resolved', 'resolved'],
  'firing (other problem)':         ['–',     'changed', 'escalated', 'escalated', 'escalated',  '–',           'resolved', 'resolved', 'resolved'],
  'firing, disabling imminent':     ['–',     '–',       '–',         '–',         '–',          'changed',     'resolved', 'resolved', 'resolved'],
  'firing, escalation in flight':   ['–',     'changed', 'escalated', 'escalated', 'escalated',  'changed',     'resolved', 'resolved', 'resolved'],
  'firing, resolution undelivered': ['–',     '–',       'escalated', 'escalated', 'escalated',  'changed',     'resolved', 'resolved', 'resolved'],
  'firing, resolution in flight':   ['–',     'new',     'new',       'new',       'new',        'new',         'resolved', 'resolved', 'resolved'],
  'firing and resolution':          ['–',     'new',     'new',       'new',       'new',        'new',         '–',        '–',        '–'],
};

/** What the destination was sent, the alert, and the reason to send it; "–" without one. */
export const CELLS = NAMES.flatMap((sent) =>
  COLUMNS.map((alert, column) => {
    const reason = TABLE[sent][column];
    if (reason === undefined) throw new Error(`the row "${sent}" lacks the column "${alert}"`);
    return [sent, alert, reason] as const;
  }),
);
