import * as v from 'valibot';
import type { PagerDutyOptions } from '../../lambda/destinations/pagerduty-destination.ts';
import { pagerDutyDestination } from '../../lambda/destinations/pagerduty-destination.ts';
import { answers, type Behaviour, type LocalServer, localServer } from '../http/local-server.ts';

/** A made-up routing key, which no result may contain. */
export const KEY = 'marked'.padEnd(32, '0');
export const QUICK = { retries: 3, minDelayMs: 1, maxDelayMs: 4, minAttemptMs: 0 };
export const ACCEPTS = answers(202, '{"status":"success","message":"Event processed"}');

const eventSchema = v.looseObject({
  routing_key: v.string(),
  event_action: v.picklist(['trigger', 'resolve']),
  dedup_key: v.string(),
  payload: v.exactOptional(
    v.looseObject({
      summary: v.string(),
      severity: v.string(),
      custom_details: v.object({ details: v.string() }),
    }),
  ),
});

/** A PagerDuty on loopback that accepts every event, unless it behaves otherwise. */
export async function aPagerDuty(...behaviours: readonly Behaviour[]): Promise<FakePagerDuty> {
  return new FakePagerDuty(await localServer(...(behaviours.length > 0 ? behaviours : [ACCEPTS])));
}

export class FakePagerDuty {
  readonly server: LocalServer;
  #seen = 0;

  constructor(server: LocalServer) {
    this.server = server;
  }

  get url(): string {
    return `${this.server.url}/v2/enqueue`;
  }

  get events() {
    return this.server.requests.map(({ body }) => v.parse(eventSchema, JSON.parse(body)));
  }

  /** The events since the last call, each as "trigger KEY" or "resolve KEY". */
  takeEvents(): readonly string[] {
    const all = this.events;
    const news = all.slice(this.#seen);
    this.#seen = all.length;
    return news.map(({ event_action, dedup_key }) => `${event_action} ${shortened(dedup_key)}`);
  }

  /** The keys of the incidents that are open after all events. */
  get open(): readonly string[] {
    const open = new Set<string>();
    for (const { event_action, dedup_key } of this.events) {
      if (event_action === 'trigger') open.add(shortened(dedup_key));
      else open.delete(shortened(dedup_key));
    }
    return [...open];
  }

  destination(overrides: Partial<PagerDutyOptions> = {}) {
    const key = { name: 'on-call', read: async () => KEY, readFresh: async () => KEY };
    return pagerDutyDestination({
      key,
      environment: 'test',
      url: this.url,
      retryPolicy: QUICK,
      ...overrides,
    });
  }
}

function shortened(dedupKey: string): string {
  return dedupKey.replace('sync-alerts/test/', '');
}
