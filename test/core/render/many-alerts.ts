import type { Digest } from '../../../lambda/core/digest/digest.ts';
import type { Coverage } from '../../../lambda/core/notify/notification.ts';
import type { Message } from '../../../lambda/core/render/slack-messages.ts';
import { aDiagnosis, aDigest, listed, named } from '../a-digest.ts';
import { faultsOf } from './block-kit-validator.ts';

/** "sync-00007". */
export const numbered = (index: number) => `sync-${String(index).padStart(5, '0')}`;
export const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const digests = new Map<number, Digest>();

/** A digest of so many new alerts, each with its evidence; every tenth is critical. Built once, and never changed. */
export function alertsAtOnce(count: number): Digest {
  const digest = digests.get(count) ?? digestOfAlerts(count);
  digests.set(count, digest);
  return digest;
}

function digestOfAlerts(count: number): Digest {
  const ids = numbers(count).map(numbered);
  const notifications = ids.map((id, index) =>
    named('new', id, { severity: index % 10 === 0 ? 'critical' : 'warning' }),
  );
  return aDigest({ notifications }, { evaluation: listed(ids.map((id) => aDiagnosis({ id }))) });
}

export const coversOf = (messages: readonly Message[]): readonly Coverage[] =>
  messages.flatMap(({ covers }) => covers);

/** The texts of a message, with plain blanks for those at which no line is broken. */
export function textsOf({ blocks }: Pick<Message, 'blocks'>): readonly string[] {
  return blocks
    .flatMap((block) => {
      if (block.type === 'context') return block.elements.map(({ text }) => text);
      return block.type === 'divider' ? [] : [block.text.text];
    })
    .map((text) => text.replaceAll('\u00A0', ' '));
}

/** The figures of the lines that count what is left out. */
export const countsLeftOut = (messages: readonly Message[]): readonly string[] =>
  messages.flatMap(textsOf).flatMap((text) => text.match(/… and ([\d,]+) more/)?.[1] ?? []);

/** One to three messages that Slack takes. */
export function expectValid(messages: readonly Message[]): void {
  expect(messages.length).toBeGreaterThan(0);
  expect(messages.length).toBeLessThanOrEqual(3);
  expect(messages.flatMap((message) => faultsOf(message))).toEqual([]);
}

/** Each alert that the digest covers is covered by one message, once. */
export function expectAllCovered(messages: readonly Message[], { sections }: Digest): void {
  const expected = sections.flatMap(({ items }) => items.flatMap(({ covers }) => covers));
  const keys = (covers: readonly Coverage[]) =>
    covers.map(({ fingerprint, reason }) => `${reason} ${fingerprint}`).sort();
  expect(keys(coversOf(messages))).toEqual(keys(expected));
}
