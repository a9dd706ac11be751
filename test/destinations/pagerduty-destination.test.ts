import { inspect } from 'node:util';
import { EMPTY_FACTS } from '../../lambda/core/alert.ts';
import type { Digest } from '../../lambda/core/digest/digest.ts';
import { words } from '../../lambda/core/digest/rich-text.ts';
import { NEW_DESTINATION } from '../../lambda/core/state.ts';
import type { PagerDutyOptions } from '../../lambda/destinations/pagerduty-destination.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import type { PostResult } from '../../lambda/slack/webhook.ts';
import { anAlert } from '../core/a-digest.ts';
import { NOW } from '../core/a-sync.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  hangs,
  unusedUrl,
} from '../http/local-server.ts';
import { ACCEPTS, aPagerDuty, type FakePagerDuty, KEY } from './a-pagerduty.ts';

afterEach(closeLocalServers);

const FACTS = { ...EMPTY_FACTS, alerts: { 'sync:orders': anAlert() } };
const DIGEST: Digest = {
  environment: 'test',
  headline: '1 sync needs attention',
  push: [],
  context: [],
  moreHint: '',
  sections: [
    {
      title: 'Needs attention',
      items: [
        {
          level: 'critical',
          title: [words('orders is failing')],
          detail: [words('last success 3 h ago')],
          covers: [{ fingerprint: 'sync:orders', reason: 'new', listed: true }],
        },
      ],
    },
  ],
};

async function post(
  pagerDuty: FakePagerDuty,
  overrides: Partial<PagerDutyOptions> = {},
  digest = DIGEST,
): Promise<PostResult> {
  const port = pagerDuty.destination(overrides);
  const id = (await port.destinationId([])) ?? 'unread';
  const [message] = await port.write(digest, { destination: NEW_DESTINATION, facts: FACTS, now: NOW, id });
  const result = (await message?.post(deadlineIn(5))) ?? { kind: 'accepted' };
  expect(inspect(result, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(KEY);
  return result;
}

const messageOf = (result: PostResult) => (result.kind === 'accepted' ? 'accepted' : result.error.message);

describe('an event', () => {
  it('opens an incident for its alert, with severity, source and details', async () => {
    const pagerDuty = await aPagerDuty();
    expect(await post(pagerDuty)).toEqual({ kind: 'accepted' });
    expect(pagerDuty.events).toEqual([
      {
        routing_key: KEY,
        event_action: 'trigger',
        dedup_key: 'sync-alerts/test/sync:orders',
        client: 'sync-alerts',
        payload: {
          summary: 'test: orders is failing',
          severity: 'critical',
          source: 'sync-alerts test',
          custom_details: { details: 'last success 3 h ago' },
        },
      },
    ]);
  });

  it('of a test resolves an incident that does not exist, and so wakes nobody', async () => {
    const pagerDuty = await aPagerDuty();
    const digest = { ...DIGEST, sections: [{ title: 'Steps', items: [] }] };
    expect(await post(pagerDuty, {}, digest)).toEqual({ kind: 'accepted' });
    expect(pagerDuty.takeEvents()).toEqual(['resolve test']);
  });

  it('has a summary of at most 1,024 characters, and a key of at most 255', async () => {
    const pagerDuty = await aPagerDuty();
    const fingerprint = `sync:${'x'.repeat(400)}`;
    const [section] = DIGEST.sections;
    const items = (section?.items ?? []).map((item) => ({
      ...item,
      title: [words('y'.repeat(3000))],
      covers: [{ fingerprint, reason: 'new' as const, listed: true }],
    }));
    const port = pagerDuty.destination();
    const facts = { ...EMPTY_FACTS, alerts: { [fingerprint]: anAlert() } };
    const id = (await port.destinationId([])) ?? '';
    const digest = { ...DIGEST, sections: [{ title: '', items }] };
    const [message] = await port.write(digest, { destination: NEW_DESTINATION, facts, now: NOW, id });
    expect(await message?.post(deadlineIn(5))).toEqual({ kind: 'accepted' });
    expect(pagerDuty.events[0]?.payload?.summary).toHaveLength(1024);
    expect(pagerDuty.events[0]?.dedup_key).toMatch(/^[0-9a-f]{64}$/);
  });
});

const INVALID = answers(400, '{"status":"invalid event","errors":["\'payload.summary\' is too long"]}');
const INVALID_KEY = answers(400, '{"status":"invalid event","errors":["\'routing_key\' is invalid"]}');

describe('the answer', () => {
  it.each<[string, readonly Behaviour[], PostResult['kind'], number]>([
    ['202', [ACCEPTS], 'accepted', 1],
    ['429, then 202', [answers(429, ''), ACCEPTS], 'accepted', 2],
    ['500, then 202', [answers(500, ''), ACCEPTS], 'accepted', 2],
    ['500 each time', [answers(500, '')], 'unconfirmed', 4],
    ['200 with a page of a proxy', [answers(200, '<html>')], 'unconfirmed', 1],
    ['301', [answers(301, '', { location: '/' })], 'unconfirmed', 1],
    ['307', [answers(307, '', { location: '/' })], 'unconfirmed', 1],
    ['401', [answers(401, '')], 'refused', 1],
    ['403', [answers(403, '')], 'refused', 1],
    ['404', [answers(404, '')], 'refused', 1],
    ['413, then 202 without details', [answers(413, ''), ACCEPTS], 'accepted', 2],
    ['400 with a body that is no JSON, then 202', [answers(400, '{"errors": ['), ACCEPTS], 'accepted', 2],
    ['400 with other JSON, then 202', [answers(400, '{"errors": {"a": 1}}'), ACCEPTS], 'accepted', 2],
    ['202 with a body that is no JSON', [answers(202, '<html>')], 'accepted', 1],
    ['202 with a body that is cut off', [disconnectsMidway(202, '{"stat', 'with a length')], 'accepted', 1],
    ['a closed connection, then 202', [disconnects, ACCEPTS], 'accepted', 2],
  ])('%s is %s', async (_, behaviours, kind, requests) => {
    const pagerDuty = await aPagerDuty(...behaviours);
    expect(await post(pagerDuty)).toMatchObject({ kind });
    expect(pagerDuty.server.requests).toHaveLength(requests);
  });

  it('429 each time leaves PagerDuty alone for a minute, or for as long as it asks', async () => {
    expect(await post(await aPagerDuty(answers(429, '')))).toMatchObject({
      kind: 'refused',
      invalidPayload: false,
      retryAfterSeconds: 60,
    });
    expect(await post(await aPagerDuty(answers(429, '', { 'retry-after': '600' })))).toMatchObject({
      retryAfterSeconds: 600,
    });
  });

  it('400 about the event is tried once more without anything from outside', async () => {
    const pagerDuty = await aPagerDuty(INVALID, ACCEPTS);
    expect(await post(pagerDuty)).toEqual({ kind: 'accepted' });
    expect(pagerDuty.events[1]?.payload).toMatchObject({
      summary: 'test: Syncs need attention; PagerDuty refused the details, and a report shows them',
      severity: 'critical',
      custom_details: { details: '' },
    });
  });

  it('400 twice refuses this event alone', async () => {
    const result = await post(await aPagerDuty(INVALID));
    expect(result).toMatchObject({ kind: 'refused', invalidPayload: true });
    expect(messageOf(result)).toContain("400 ('payload.summary' is too long); PagerDuty refused the event");
  });

  it('400 about the key refuses everything, and names the place of the key', async () => {
    const pagerDuty = await aPagerDuty(INVALID_KEY);
    const result = await post(pagerDuty);
    expect(result).toMatchObject({ kind: 'refused', invalidPayload: false });
    expect(messageOf(result)).toContain('as "on-call" in "pagerDutyKeys" of the secret');
    expect(pagerDuty.server.requests).toHaveLength(1);
  });

  it.each([401, 403, 404])('%i says where to store the key', async (status) => {
    expect(messageOf(await post(await aPagerDuty(answers(status, ''))))).toBe(
      `cannot send to PagerDuty with the key "on-call": expected 202, received ${status}; store the integration key of an Events API v2 integration as "on-call" in "pagerDutyKeys" of the secret`,
    );
  });

  it('is missing for certain when nothing listens', async () => {
    const result = await post(await aPagerDuty(), { url: await unusedUrl() });
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'pagerduty_unreachable' } });
  });

  it('is unknown when none comes in time', async () => {
    const pagerDuty = await aPagerDuty(hangs);
    const port = pagerDuty.destination();
    const id = (await port.destinationId([])) ?? '';
    const [message] = await port.write(DIGEST, { destination: NEW_DESTINATION, facts: FACTS, now: NOW, id });
    expect(await message?.post(deadlineIn(0.2))).toMatchObject({ kind: 'unconfirmed' });
  });
});

describe('the routing key', () => {
  const other = 'other'.padEnd(32, '0');
  const rejects = async () => {
    throw new SyncAlertsError('secret_invalid', 'the secret has no "on-call" in "pagerDutyKeys"');
  };

  it('names the destination, and another one is read fresh before it counts', async () => {
    const pagerDuty = await aPagerDuty();
    const id = await pagerDuty.destination().destinationId([]);
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    const key = { name: 'on-call', read: async () => other, readFresh: async () => KEY };
    expect(await pagerDuty.destination({ key }).destinationId([id ?? ''])).toBe(id);
    expect(
      await pagerDuty.destination({ key: { ...key, readFresh: rejects } }).destinationId(['x']),
    ).toBeUndefined();
  });

  it('that the secret lacks refuses each event', async () => {
    const key = { name: 'on-call', read: rejects, readFresh: rejects };
    const result = await post(await aPagerDuty(), { key });
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'pagerduty_key_unreadable' } });
  });

  it('that is exchanged during a check gets none of its events', async () => {
    const pagerDuty = await aPagerDuty();
    const keys = [KEY, other];
    const key = { name: 'on-call', read: async () => keys.shift() ?? other, readFresh: async () => other };
    expect(await post(pagerDuty, { key })).toMatchObject({ error: { code: 'pagerduty_key_exchanged' } });
    expect(pagerDuty.server.requests).toEqual([]);
  });
});
