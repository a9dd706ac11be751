import type { Coverage, NotifyReason } from '../../../lambda/core/notify/coverage.ts';
import type { Post } from '../history.ts';
import type { Expected } from './expected-alert.ts';

/** What was said of an announcement. */
export interface Heard {
  severity: 'warning' | 'critical';
  problems: Set<string>;
  /** By the clock of the check that told it. */
  at: number;
}

/** What Slack has of one alert. */
export interface LastNotified extends Heard {
  /** It was announced, and not closed since. */
  isOpen: boolean;
  /** It fired, and Slack has not heard of it. */
  isUntold: boolean;
  /** Slack has a post of that kind, and that it was accepted is not remembered. */
  doubt: { firing: boolean; resolved: boolean };
  /** A closing in doubt counts as told when its sync fails again, whether or not Slack has it. */
  isClosingCounted: boolean;
  /** What memory can know to be told: less than what Slack has, while an acceptance is in doubt. */
  sure: Heard;
  /** Memory knows that it was announced, and of no closing since. */
  isSurelyOpen: boolean;
  /** Since when, in true time, something has been owed. */
  owedSince?: number | undefined;
  /** Since when it has been due by the clock of a check: owed, and not held back by a cause. */
  undeliveredSince?: number | undefined;
  /** It was due while it was open: what ends then is missed, and not only counted. */
  wasDueOpen?: boolean;
}

/** What memory notes as in doubt, before this check. */
export type Noted = 'firing' | 'resolved' | undefined;

export function nothingTold(): LastNotified {
  const nothing = { severity: 'warning' as const, problems: new Set<string>(), at: 0 };
  const doubt = { firing: false, resolved: false };
  return {
    ...nothing,
    isOpen: false,
    isUntold: false,
    doubt,
    isClosingCounted: false,
    isSurelyOpen: false,
    sure: nothing,
  };
}

/** What Slack owes its readers of one alert, if all were told by now. */
export function owed(
  told: LastNotified,
  facts: Expected | undefined,
): 'firing' | 'change' | 'resolved' | undefined {
  const isFiring = facts?.state === 'firing';
  if (!isFiring) return told.isOpen ? 'resolved' : told.isUntold ? 'firing' : undefined;
  if (!told.isOpen) return 'firing';
  return isNews(told, facts) ? 'change' : undefined;
}

/** Whether an open alert is worse than was said, or has a problem that was not said. */
function isNews(heard: Heard, facts: Expected): boolean {
  const wasCritical = facts.severity === 'critical' || (facts.criticalUntil ?? 0) > heard.at;
  return (wasCritical && heard.severity === 'warning') || !heard.problems.has(facts.problem);
}

/** From now on memory knows that this was said of the alert. */
export function settle(told: LastNotified, said: Heard, reason: NotifyReason): void {
  const isAnew = reason !== 'escalated' && reason !== 'changed';
  if (isAnew) told.isSurelyOpen = reason === 'new';
  const { severity, problems } = told.sure;
  const isCritical = said.severity === 'critical' || severity === 'critical';
  told.sure = isAnew
    ? said
    : {
        at: said.at,
        problems: new Set([...problems, ...said.problems]),
        severity: isCritical ? 'critical' : 'warning',
      };
  told.doubt = { firing: false, resolved: false };
}

/** What is wrong with telling this now; and it is told. Whether it repeats what Slack has, since that was in doubt. */
export function tell(
  told: LastNotified,
  { reason }: Coverage,
  post: Post,
  facts: Expected | undefined,
  noted: Noted,
): { readonly fault?: string; readonly repeats: boolean } {
  const isFiring = facts?.state === 'firing';
  const { firing: mayRepeat, resolved: mayRepeatClosing } = told.doubt;
  const { isOpen } = told;
  switch (reason) {
    case 'reminder':
      if (!isFiring) return { fault: 'reminded of what is not open', repeats: false };
      return isOpen ? { repeats: false } : { fault: 'reminded of what was never announced', repeats: false };
    case 'resolved': {
      if (isFiring) return { fault: 'closed while it is open', repeats: false };
      told.isOpen = false;
      told.isUntold = false;
      if (isOpen) return { repeats: false };
      return mayRepeatClosing
        ? { repeats: true }
        : { fault: 'closed twice, or never announced', repeats: false };
    }
    case 'resolved_undelivered':
    case 'resolved_in_group': {
      if (isFiring) return { fault: `${reason} while it is open`, repeats: false };
      const wasUntold = told.isUntold || told.isClosingCounted;
      const isCounted = told.isClosingCounted;
      const isMissed = told.wasDueOpen === true;
      told.isClosingCounted = false;
      told.isOpen = false;
      told.isUntold = false;
      if (isOpen && !isCounted)
        return mayRepeat ? { repeats: true } : { fault: `${reason}, but it was announced`, repeats: false };
      if (wasUntold && isMissed !== (reason === 'resolved_undelivered'))
        return { fault: `${reason}, but it was ${isMissed ? 'due' : 'gathered'}`, repeats: false };
      if (wasUntold) return { repeats: false };
      return mayRepeat ? { repeats: true } : { fault: `${reason} twice, or never open`, repeats: false };
    }
    case 'new': {
      if (!isFiring) return { fault: 'announced, but it is not open', repeats: false };
      const isCounted = told.isClosingCounted;
      told.isClosingCounted = false;
      told.problems = new Set();
      told.severity = 'warning';
      planNotifications(told, facts, post);
      if (!isOpen) return { repeats: false };
      if (isCounted) return { repeats: false };
      return mayRepeat ? { repeats: true } : { fault: 'announced twice', repeats: false };
    }
    case 'escalated':
    case 'changed': {
      if (!isFiring) return { fault: `${reason}, but it is not open`, repeats: false };
      const isOwed = isNews(told, facts) || isNews(told.sure, facts);
      planNotifications(told, facts, post);
      if (reason === 'escalated') told.severity = 'critical';
      if (!isOpen) return { fault: `${reason}, but never announced`, repeats: false };
      if (isOwed) return { repeats: false };
      // A change in doubt is told again even when it has passed.
      return noted === 'firing' ? { repeats: mayRepeat } : { fault: `${reason} twice`, repeats: false };
    }
    default:
      return { fault: `unknown reason ${reason satisfies never}`, repeats: false };
  }
}

function planNotifications(told: LastNotified, facts: Expected, post: Post): void {
  told.isOpen = true;
  told.isUntold = false;
  if (facts.severity === 'critical') told.severity = 'critical';
  told.problems.add(facts.problem);
  told.at = post.by.now;
}

export function kindOf(reason: NotifyReason): 'firing' | 'resolved' | 'reminder' {
  return reason === 'resolved' || reason === 'reminder' ? reason : 'firing';
}
