import type { NotifyReason } from '../../../lambda/core/notify/reason.ts';
import type { Post } from '../simulated-check.ts';
import type { ExpectedAlert } from './expected-alert.ts';

/** What a message says about an alert. */
export interface Notified {
  severity: 'warning' | 'critical';
  problems: Set<string>;
  /** By the clock of the check that posted it. */
  at: number;
}

/** What Slack was sent about one alert, and how much of it the state can know. */
export interface AlertNotifications extends Notified {
  /** Slack has a notification of it, and no resolution since. */
  isOpenInSlack: boolean;
  /** It fired, and Slack has no notification of that. */
  isUnnotified: boolean;
  /** Slack has a post of that kind, and the state does not say that it was accepted. */
  unconfirmed: { firing: boolean; resolved: boolean };
  /** It fires again while a resolution is unconfirmed: that one counts as sent, whether Slack has it or not. */
  isResolutionAssumed: boolean;
  /** What the state says Slack has; less than Slack has, while a post is unconfirmed. */
  confirmed: Notified;
  /** The state says that Slack has a notification of it, and no resolution since. */
  isOpenByState: boolean;
  /** Since when something is undelivered and not held, by the clock of a check. */
  undeliveredSince?: number | undefined;
  /** It was undelivered while it was firing: its end is sent as `resolved_undelivered`. */
  wasUndeliveredWhileFiring?: boolean;
}

/** What a check found in flight when it loaded the state. */
export type InFlight = 'firing' | 'resolved' | undefined;

export function noNotifications(): AlertNotifications {
  const nothing = { severity: 'warning' as const, problems: new Set<string>(), at: 0 };
  return {
    ...nothing,
    isOpenInSlack: false,
    isUnnotified: false,
    unconfirmed: { firing: false, resolved: false },
    isResolutionAssumed: false,
    isOpenByState: false,
    confirmed: nothing,
  };
}

/** What Slack lacks about one alert; undefined when Slack is up to date. */
export function missingIn(
  sent: AlertNotifications,
  alert: ExpectedAlert | undefined,
): 'firing' | 'change' | 'resolved' | undefined {
  if (alert?.state !== 'firing')
    return sent.isOpenInSlack ? 'resolved' : sent.isUnnotified ? 'firing' : undefined;
  if (!sent.isOpenInSlack) return 'firing';
  return isChanged(sent, alert) ? 'change' : undefined;
}

/** Whether a firing alert was worse than the messages say, or has a problem that they do not name. */
function isChanged(notified: Notified, alert: ExpectedAlert): boolean {
  const wasCritical = alert.severity === 'critical' || (alert.criticalUntil ?? 0) > notified.at;
  return (wasCritical && notified.severity === 'warning') || !notified.problems.has(alert.problem);
}

/** The state now says that Slack has this. */
export function confirm(sent: AlertNotifications, notified: Notified, reason: NotifyReason): void {
  const isFirst = reason !== 'escalated' && reason !== 'changed';
  if (isFirst) sent.isOpenByState = reason === 'new';
  const { severity, problems } = sent.confirmed;
  const isCritical = notified.severity === 'critical' || severity === 'critical';
  sent.confirmed = isFirst
    ? notified
    : {
        at: notified.at,
        problems: new Set([...problems, ...notified.problems]),
        severity: isCritical ? 'critical' : 'warning',
      };
  sent.unconfirmed = { firing: false, resolved: false };
}

/** The result of a notification that reached Slack. */
interface Received {
  /** Why this notification must not have been sent. */
  readonly fault?: string;
  /** Slack had it already, which is allowed after an unconfirmed post. */
  readonly isRepeat: boolean;
}

interface ReceivedNotification {
  readonly reason: NotifyReason;
  readonly post: Post;
  readonly alert: ExpectedAlert | undefined;
  readonly inFlight: InFlight;
}

/** Updates `sent` with a notification that reached Slack, and checks that it had to be sent. */
export function receive(sent: AlertNotifications, received: ReceivedNotification): Received {
  const { reason, alert } = received;
  switch (reason) {
    case 'reminder':
      if (alert?.state !== 'firing') return fault('a reminder of an alert that is not firing');
      return sent.isOpenInSlack ? ONCE : fault('a reminder of an alert that Slack was not notified of');
    case 'resolved':
      return receiveResolved(sent, alert);
    case 'resolved_undelivered':
    case 'resolved_in_group':
      return receiveUndelivered(sent, reason, alert);
    case 'new':
      return receiveNew(sent, received);
    case 'escalated':
    case 'changed':
      return receiveChange(sent, received);
    default:
      return fault(`unknown reason ${reason satisfies never}`);
  }
}

function receiveResolved(sent: AlertNotifications, alert: ExpectedAlert | undefined): Received {
  if (alert?.state === 'firing') return fault('resolved while it is firing');
  const wasOpen = sent.isOpenInSlack;
  sent.isOpenInSlack = false;
  sent.isUnnotified = false;
  if (wasOpen) return ONCE;
  return sent.unconfirmed.resolved ? REPEAT : fault('resolved twice, or Slack was never notified of it');
}

function receiveUndelivered(
  sent: AlertNotifications,
  reason: 'resolved_undelivered' | 'resolved_in_group',
  alert: ExpectedAlert | undefined,
): Received {
  if (alert?.state === 'firing') return fault(`${reason} while it is firing`);
  const { isOpenInSlack: wasOpen, isResolutionAssumed: wasAssumed } = sent;
  const mayRepeat = sent.unconfirmed.firing;
  const wasUnnotified = sent.isUnnotified || wasAssumed;
  const wasUndelivered = sent.wasUndeliveredWhileFiring === true;
  sent.isResolutionAssumed = false;
  sent.isOpenInSlack = false;
  sent.isUnnotified = false;
  if (wasOpen && !wasAssumed) return mayRepeat ? REPEAT : fault(`${reason}, but Slack was notified of it`);
  if (wasUnnotified && wasUndelivered !== (reason === 'resolved_undelivered'))
    return fault(`${reason}, but it was ${wasUndelivered ? 'undelivered' : 'held'}`);
  if (wasUnnotified) return ONCE;
  return mayRepeat ? REPEAT : fault(`${reason} twice, or it never fired`);
}

function receiveNew(sent: AlertNotifications, { alert, post }: ReceivedNotification): Received {
  if (alert?.state !== 'firing') return fault('new, but it is not firing');
  const { isOpenInSlack: wasOpen, isResolutionAssumed: wasAssumed } = sent;
  sent.isResolutionAssumed = false;
  sent.problems = new Set();
  sent.severity = 'warning';
  markNotified(sent, alert, post);
  if (!wasOpen || wasAssumed) return ONCE;
  return sent.unconfirmed.firing ? REPEAT : fault('new twice');
}

function receiveChange(sent: AlertNotifications, received: ReceivedNotification): Received {
  const { reason, alert, post, inFlight } = received;
  if (alert?.state !== 'firing') return fault(`${reason}, but it is not firing`);
  const wasOpen = sent.isOpenInSlack;
  const hadChanged = isChanged(sent, alert) || isChanged(sent.confirmed, alert);
  markNotified(sent, alert, post);
  if (reason === 'escalated') sent.severity = 'critical';
  if (!wasOpen) return fault(`${reason}, but Slack was never notified of it`);
  if (hadChanged) return ONCE;
  // An unconfirmed change is sent again even when it is over.
  if (inFlight !== 'firing') return fault(`${reason} twice`);
  return sent.unconfirmed.firing ? REPEAT : ONCE;
}

function markNotified(sent: AlertNotifications, alert: ExpectedAlert, post: Post): void {
  sent.isOpenInSlack = true;
  sent.isUnnotified = false;
  if (alert.severity === 'critical') sent.severity = 'critical';
  sent.problems.add(alert.problem);
  sent.at = post.by.now;
}

const ONCE: Received = { isRepeat: false };
const REPEAT: Received = { isRepeat: true };

function fault(text: string): Received {
  return { fault: text, isRepeat: false };
}

export function kindOf(reason: NotifyReason): 'firing' | 'resolved' | 'reminder' {
  return reason === 'resolved' || reason === 'reminder' ? reason : 'firing';
}
