import { syncIdOf } from '../fingerprint.ts';
import { causesOf } from '../notify/cause.ts';
import type { Coverage, NeutralChange } from '../notify/notification.ts';
import { secondsBetween } from '../time.ts';
import type { Item, Origin } from './digest.ts';
import { coverageOf, listOf, MAX_NAMED } from './names.ts';
import { type Line, strong, untrusted, words } from './rich-text.ts';
import { durationText, pluralize } from './wording.ts';

/** One folded line for each kind of change of condition. */
export function neutralLines(changes: readonly NeutralChange[], isWarning: boolean): readonly Item[] {
  const of = (kind: NeutralChange['kind']) => changes.filter((change) => change.kind === kind);
  const paused = of('paused');
  const failing = paused.filter(({ alert }) => alert !== undefined);
  const byPerson = paused.filter(({ alert, condition }) => alert === undefined && condition.by !== 'unknown');
  const unsaid = paused.filter(({ alert, condition }) => alert === undefined && condition.by === 'unknown');
  return [
    ...pausedWhileFailing(failing),
    ...line(byPerson, (count) => `${count} ${wasOrWere(byPerson)} paused`),
    ...line(unsaid, (count) => `${count} disabled; the API does not say by whom`),
    ...line(of('resumed'), (count) => `${count} ${wasOrWere(of('resumed'))} resumed`),
    ...unlistedLine(of('unlisted'), isWarning),
    ...line(of('recreated'), (count) => `${count} ${wasOrWere(of('recreated'))} re-created with new ids`),
    ...line(of('listed_again'), (count) => `${count} ${isOrAre(of('listed_again'))} listed again`),
  ];
}

function line(changes: readonly NeutralChange[], text: (count: string) => string): readonly Item[] {
  if (changes.length === 0) return [];
  const names = listOf(changes.map((change) => [nameOf(change)]));
  const title = [strong(text(pluralize(changes.length, 'sync'))), words(': '), ...names];
  return [{ level: 'note', title, detail: [], covers: changes.flatMap(coversOf) }];
}

/** "connection pg-orders: 20 syncs were paused while failing": under what they share, where they all share it. */
function pausedWhileFailing(failing: readonly NeutralChange[]): readonly Item[] {
  const [first, ...others] = failing.map(({ alert }) => causesOf(alert?.alert.labels ?? null));
  const shared = first?.find(({ key }) => others.every((causes) => causes.some((one) => one.key === key)));
  const isShared = shared !== undefined && shared.kind !== 'organisation' && others.length > 0;
  const where: Line = isShared ? [words(`${shared.kind} `), untrusted(shared.name), words(': ')] : [];
  return line(failing, (count) => `${count} ${wasOrWere(failing)} paused while failing`).map((item) => ({
    ...item,
    title: [...where, ...item.title],
  }));
}

/** Names each with its last state, since that decides whether anybody has to act. */
function unlistedLine(changes: readonly NeutralChange[], isWarning: boolean): readonly Item[] {
  if (changes.length === 0) return [];
  const count = pluralize(changes.length, 'sync');
  const states = new Set(changes.map(lastState));
  const [state] = states;
  const isAllHealthy = states.size === 1 && state === HEALTHY_BEFORE;
  const names = listOf(
    changes.map((change) => [nameOf(change), ...(isAllHealthy ? [] : [words(` (${lastState(change)})`)])]),
  );
  return [
    {
      level: isWarning ? 'warning' : 'note',
      title: [
        strong(`${count} ${isOrAre(changes)} no longer listed`),
        words(isAllHealthy ? (changes.length === 1 ? ', it was healthy: ' : ', all were healthy: ') : ': '),
        ...names,
      ],
      detail: [words('Deleted, or the API key no longer sees them.')],
      covers: changes.flatMap(coversOf),
    },
  ];
}

const HEALTHY_BEFORE = 'was healthy';

function lastState({ condition, alert }: NeutralChange): string {
  const was = condition.was ?? HEALTHY_BEFORE;
  if (alert === undefined) return was;
  const { since, resolution } = alert.alert;
  return `${was} for ${durationText(secondsBetween(since, resolution?.at ?? since))}`;
}

/** The paused syncs in a reminder. */
export function pausedReminderLine(paused: readonly NeutralChange[]): readonly Item[] {
  if (paused.length === 0) return [];
  const names = listOf(paused.map((change) => [nameOf(change)]));
  const title = [words(`${pluralize(paused.length, 'sync')} still paused: `), ...names];
  return [{ level: 'note', title, detail: [], covers: paused.flatMap(coversOf) }];
}

/** That the initial run lists no sync at all. */
export function nothingListedLine({ organisation, connectorId }: Origin): Item {
  const filter: Line =
    connectorId === undefined ? [] : [words(' (connector filter: '), untrusted(connectorId), words(')')];
  return {
    level: 'warning',
    title: [
      strong('No syncs are visible'),
      words(': organisation '),
      untrusted(organisation),
      words(' lists none'),
      ...filter,
    ],
    detail: [
      words(
        `Check ${connectorId === undefined ? '' : 'the connector id, and '}that the API key belongs to this organisation. This is sent once.`,
      ),
    ],
    covers: [{ fingerprint: 'listing', reason: 'nothing_listed', listed: true }],
  };
}

/** The condition, and the resolution of the alert that ends by it. */
function coversOf({ fingerprint, alert }: NeutralChange, index: number): readonly Coverage[] {
  const listed = index < MAX_NAMED;
  const condition: Coverage = { fingerprint, reason: 'condition', listed };
  return alert === undefined ? [condition] : [condition, coverageOf(alert, 'resolved', listed)];
}

function nameOf({ fingerprint, condition }: NeutralChange) {
  return untrusted(condition.name === '' ? syncIdOf(fingerprint) : condition.name);
}

function wasOrWere(changes: readonly unknown[]): string {
  return changes.length === 1 ? 'was' : 'were';
}

function isOrAre(changes: readonly unknown[]): string {
  return changes.length === 1 ? 'is' : 'are';
}
