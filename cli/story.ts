import { check } from '../lambda/commands/check.ts';
import type { Outcome } from '../lambda/commands/outcome.ts';
import type { Ports } from '../lambda/commands/ports.ts';
import { words } from '../lambda/core/digest/rich-text.ts';
import { parsePolicy } from '../lambda/core/policy.ts';
import { contextBlock } from '../lambda/core/render/blocks.ts';
import type { Instant } from '../lambda/core/time.ts';
import type { Poster } from '../lambda/slack/webhook.ts';
import { InMemoryStore } from '../lambda/state/in-memory-store.ts';
import { TimbalListing } from '../lambda/timbal/listing.ts';
import { DEMO_KEY, DEMO_ORGANISATION, startDemoApi } from './demo-api.ts';
import { at, demoSyncs } from './demo-syncs.ts';
import { showing } from './show-outcome.ts';
import { posterFor } from './watch.ts';

/** One check of the story: when, and what a person should know to read it. */
export interface Chapter {
  readonly at: Instant;
  readonly title: string;
}

export const CHAPTERS: readonly Chapter[] = [
  { at: at(9, 0), title: 'the first look at an organisation: everything that is wrong, at once' },
  { at: at(9, 5), title: 'five minutes later nothing has changed, so nothing is said' },
  {
    at: at(11, 15),
    title: 'orders is still stalled, and critical by now: that is told, the rest is not repeated',
  },
  { at: at(11, 30), title: 'a database goes away, and four syncs fail together: they are told as one cause' },
  {
    at: at(12, 10),
    title: 'the database is back, orders runs again, invoices was enabled: each is told, once',
  },
  { at: at(12, 15), title: 'two syncs still fail and two are paused, and all of that was told: silence' },
];

/** What is told of each check, in the order of the story. */
export type LastNotified = (chapter: Chapter, outcome: Outcome) => void;

/**
 * Plays the story: real checks of a demo API on loopback, on a clock of the story's own, with a memory of its own. The
 * same each time.
 *
 * @throws CheckFailed when Slack does not take a message, after what that check found was told.
 */
export async function playStory(slack: Poster, tell: LastNotified): Promise<void> {
  const policy = parsePolicy({});
  if (!policy.ok) throw new Error(`the default policy does not parse: ${policy.faults.join('; ')}`);
  let now = CHAPTERS[0]?.at ?? 0;
  const api = await startDemoApi(() => demoSyncs(now));
  try {
    const ports: Ports = {
      listing: new TimbalListing({
        baseUrl: api.baseUrl,
        organisation: DEMO_ORGANISATION,
        apiKey: { read: async () => DEMO_KEY, readFresh: async () => DEMO_KEY },
        now: () => now,
      }),
      state: new InMemoryStore(),
      slack,
      now: () => now,
    };
    for (const chapter of CHAPTERS) {
      now = chapter.at;
      const checking = check(ports, {
        policy: policy.policy,
        origin: { environment: 'demo', organisation: DEMO_ORGANISATION, moreHint: 'npm start -- --json' },
        checkId: 'the story',
        remainingSeconds: 60,
        dryRun: false,
      });
      await showing(checking, (outcome) => tell(chapter, outcome));
    }
  } finally {
    await api.close();
  }
}

/** Posts to Slack, each message marked as a demo before anything else: nobody is to be alarmed by it. */
export function demoPoster(webhookUrl: string): Poster {
  const slack = posterFor(webhookUrl);
  const mark = contextBlock([words('A demo of sync-alerts: none of these syncs exist.')]);
  return {
    post: ({ text, blocks }, deadline) =>
      slack.post({ text: `Demo: ${text}`, blocks: [mark, ...blocks] }, deadline),
  };
}
