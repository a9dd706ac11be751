import { check } from '../lambda/commands/check.ts';
import type { Outcome } from '../lambda/commands/outcome.ts';
import type { Ports } from '../lambda/commands/ports.ts';
import { words } from '../lambda/core/digest/rich-text.ts';
import { parsePolicy } from '../lambda/core/parse/parse-policy.ts';
import { contextBlock } from '../lambda/core/render/blocks.ts';
import type { Instant } from '../lambda/core/time.ts';
import type { Poster } from '../lambda/slack/webhook.ts';
import { InMemoryStore } from '../lambda/state/in-memory-store.ts';
import { lazyEvidence } from '../lambda/timbal/lazy-evidence.ts';
import { TimbalListing } from '../lambda/timbal/listing.ts';
import { DEMO_KEY, DEMO_ORGANISATION, startDemoApi } from './demo-api.ts';
import { DEMO_KNOWLEDGE_BASES, demoConnectors, demoJobs } from './demo-evidence.ts';
import { at, demoSyncs } from './demo-syncs.ts';
import { showOutcome } from './show-outcome.ts';
import { posterFor } from './watch.ts';

/** One check of the story. */
export interface Chapter {
  readonly at: Instant;
  /** The situation, and what the check does about it. */
  readonly title: string;
}

/** In order of time. Titles have 88 characters at most, so that their line fits 100. */
const CHAPTERS: readonly Chapter[] = [
  { at: at(9, 0), title: 'the first check of an organisation: one message with every problem' },
  { at: at(9, 5), title: 'five minutes later nothing has changed: the check sends nothing' },
  { at: at(11, 15), title: 'orders is still stalled, now critical: the check sends that and nothing else' },
  {
    at: at(11, 30),
    title: 'a database is down and four syncs fail as one cause, a fifth elsewhere on its own',
  },
  {
    at: at(12, 10),
    title: 'the database and orders recovered, invoices was enabled: the check sends each once',
  },
  {
    at: at(12, 15),
    title: 'three syncs still fail and two are paused, all of them already sent: nothing to send',
  },
];

/**
 * Plays the story: real checks of a demo API on loopback, with the story's own clock and a state in memory. Every run
 * gives the same outcomes.
 *
 * @param show Gets each chapter with the outcome of its check, in order.
 * @throws CheckFailed when Slack does not accept a message, after `show` got that check's outcome.
 */
export async function playStory(
  slack: Poster,
  show: (chapter: Chapter, outcome: Outcome) => void,
): Promise<void> {
  const policy = parsePolicy({});
  if (!policy.ok) throw new Error(`the default policy is invalid: ${policy.faults.join('; ')}`);
  let now = CHAPTERS[0]?.at ?? 0;
  const api = await startDemoApi(
    {
      '/connectors/syncs': () => ({ syncs: demoSyncs(now) }),
      '/connectors/jobs': () => ({ jobs: demoJobs(now) }),
      '/connectors': () => ({ connectors: demoConnectors(now) }),
      '/k2': () => ({ k2: DEMO_KNOWLEDGE_BASES }),
    },
    () => now,
  );
  try {
    const apiKey = { read: async () => DEMO_KEY, readFresh: async () => DEMO_KEY };
    const watched = { baseUrl: api.baseUrl, organisation: DEMO_ORGANISATION, apiKey };
    const ports: Ports = {
      listing: new TimbalListing({ ...watched, now: () => now }),
      evidence: lazyEvidence(watched),
      state: new InMemoryStore(),
      slack,
      now: () => now,
    };
    for (const chapter of CHAPTERS) {
      now = chapter.at;
      const checking = check(ports, {
        policy: policy.policy,
        origin: {
          environment: 'demo',
          organisation: DEMO_ORGANISATION,
          moreHint: 'npm start --silent -- --demo --json',
        },
        checkId: 'story',
        remainingSeconds: 60,
        dryRun: false,
      });
      await showOutcome(checking, (outcome) => show(chapter, outcome));
    }
  } finally {
    await api.close();
  }
}

/** Posts to Slack. Each message begins with a note that it is a demo, so that it alarms nobody. */
export function demoPoster(webhookUrl: string): Poster {
  const slack = posterFor(webhookUrl);
  const note = contextBlock([words('A demo of sync-alerts: none of these syncs exist.')]);
  return {
    destinationId: (known) => slack.destinationId(known),
    post: ({ text, blocks }, deadline) =>
      slack.post({ text: `Demo: ${text}`, blocks: [note, ...blocks] }, deadline),
  };
}
