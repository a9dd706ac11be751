import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { signedBy } from '../../lambda/aws/signed-request.ts';
import { EMPTY_FACTS } from '../../lambda/core/alert.ts';
import type { Digest, Item } from '../../lambda/core/digest/digest.ts';
import { untrusted, words } from '../../lambda/core/digest/rich-text.ts';
import type { SnsSettings } from '../../lambda/core/policy.ts';
import { snsMessage } from '../../lambda/core/render/sns-messages.ts';
import { NEW_DESTINATION } from '../../lambda/core/state.ts';
import { snsDestination } from '../../lambda/destinations/sns-destination.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import type { PostResult } from '../../lambda/slack/webhook.ts';
import { NOW } from '../core/a-sync.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  disconnects,
  type LocalServer,
  localServer,
  unusedUrl,
} from '../http/local-server.ts';
import { QUICK } from './a-pagerduty.ts';

afterEach(closeLocalServers);

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:on-call';
const SETTINGS: SnsSettings = { kind: 'sns', topicArn: TOPIC, format: 'text' };
const item: Item = {
  level: 'critical',
  title: [untrusted('orders'), words(' is failing')],
  detail: [words('last success 3 h ago')],
  covers: [{ fingerprint: 'sync:orders', reason: 'new', listed: true }],
};
const DIGEST: Digest = {
  environment: 'prod',
  headline: '1 sync needs attention (critical)',
  push: [],
  context: [words('9 syncs checked')],
  moreHint: '',
  sections: [{ title: 'Needs attention', items: [item] }],
};
const withItems = (...items: readonly Item[]): Digest => ({ ...DIGEST, sections: [{ title: '', items }] });

const client = new DynamoDBClient({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'made-up', secretAccessKey: 'made-up' },
});

async function publish(endpoint: string): Promise<PostResult> {
  const port = snsDestination({
    settings: SETTINGS,
    environment: 'prod',
    sign: signedBy(client),
    endpoint,
    retryPolicy: QUICK,
  });
  const id = (await port.destinationId([])) ?? '';
  const [message] = await port.write(DIGEST, {
    destination: NEW_DESTINATION,
    facts: EMPTY_FACTS,
    now: NOW,
    id,
  });
  return (await message?.post(deadlineIn(5))) ?? { kind: 'accepted' };
}

const published = ({ requests }: LocalServer) =>
  Object.fromEntries(new URLSearchParams(requests.at(-1)?.body ?? ''));
const error = (status: number, code: string): Behaviour =>
  answers(status, `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);
const ACCEPTS = answers(200, '<PublishResponse/>');

describe('a message', () => {
  it('is published with a subject, plain text and the attributes to filter by, and is signed for the region', async () => {
    const server = await localServer(ACCEPTS);
    expect(await publish(server.url)).toEqual({ kind: 'accepted' });
    expect(published(server)).toEqual({
      Action: 'Publish',
      Version: '2010-03-31',
      TopicArn: TOPIC,
      Subject: 'prod: CRITICAL: 1 sync needs attention (critical)',
      Message:
        '1 sync needs attention (critical)\n\n  CRITICAL orders is failing\n           last success 3 h ago\n\n9 syncs checked',
      'MessageAttributes.entry.1.Name': 'severity',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'critical',
      'MessageAttributes.entry.2.Name': 'environment',
      'MessageAttributes.entry.2.Value.DataType': 'String',
      'MessageAttributes.entry.2.Value.StringValue': 'prod',
    });
    expect(server.requests[0]?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=made-up\/\d{8}\/eu-west-1\/sns\/aws4_request, SignedHeaders=[\w;-]*host[\w;-]*, Signature=[0-9a-f]{64}$/,
    );
  });

  it.each([
    [100, 100, false],
    [101, 100, true],
  ])('has a subject of at most 100 ASCII characters: %i are %i', (length, expected, isCut) => {
    const { subject } = snsMessage(
      { ...DIGEST, headline: 'x'.repeat(length - 'prod: CRITICAL: '.length) },
      'text',
    );
    expect(subject).toHaveLength(expected);
    expect(subject.endsWith('...')).toBe(isCut);
  });

  it('has no line break and nothing but ASCII in its subject', () => {
    const { subject } = snsMessage({ ...DIGEST, headline: 'a\nb\u2026 \u{1F534}c' }, 'text');
    expect(subject).toBe('prod: CRITICAL: a b   c');
  });

  it('says how severe its worst line is', () => {
    const severity = (level: Item['level']) => snsMessage(withItems({ ...item, level }), 'text').severity;
    expect([severity('critical'), severity('warning'), severity('good')]).toEqual([
      'critical',
      'warning',
      'info',
    ]);
  });

  it('covers what its digest covers, however long that is, in at most 180 KB', () => {
    const many = Array.from({ length: 10_000 }, () => ({ ...item, detail: [words('\u4e00'.repeat(80))] }));
    const { text, covers } = snsMessage(withItems(...many), 'text');
    expect(covers).toHaveLength(10_000);
    expect(Buffer.byteLength(text)).toBeLessThan(180_000);
    expect(text.endsWith('\n…')).toBe(true);
  });

  it('for Teams is a custom notification of Amazon Q, with names as code', () => {
    const named = { ...item, title: [untrusted('a `b` @all'), words(' is failing')] };
    const { text } = snsMessage(withItems(named), 'amazon-q');
    expect(JSON.parse(text)).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title: 'prod: CRITICAL: 1 sync needs attention (critical)',
        description: expect.stringContaining("CRITICAL `a` `'b'` `@all` is failing"),
      },
      metadata: { summary: 'prod: CRITICAL: 1 sync needs attention (critical)' },
    });
  });
});

describe('the answer', () => {
  it.each<[string, readonly Behaviour[], object, number]>([
    ['200', [ACCEPTS], { kind: 'accepted' }, 1],
    ['400 Throttled, then 200', [error(400, 'Throttled'), ACCEPTS], { kind: 'accepted' }, 2],
    [
      '429 with a Retry-After that does not fit',
      [answers(429, '', { 'retry-after': '90' })],
      { kind: 'refused', retryAfterSeconds: 90 },
      1,
    ],
    ['400 InvalidParameter', [error(400, 'InvalidParameter')], { kind: 'refused', invalidPayload: true }, 1],
    ['400 KMSAccessDenied', [error(400, 'KMSAccessDenied')], { kind: 'refused', invalidPayload: false }, 1],
    [
      '403 AuthorizationError',
      [error(403, 'AuthorizationError')],
      { kind: 'refused', invalidPayload: false },
      1,
    ],
    ['404 NotFound', [error(404, 'NotFound')], { kind: 'refused', invalidPayload: false }, 1],
    ['403 of a proxy', [answers(403, '<html>')], { kind: 'unconfirmed' }, 1],
    ['500 InternalError', [error(500, 'InternalError')], { kind: 'unconfirmed' }, 1],
    ['a cut connection', [disconnects], { kind: 'unconfirmed' }, 1],
  ])('%s', async (_, behaviours, expected, requests) => {
    const server = await localServer(...behaviours);
    expect(await publish(server.url)).toMatchObject(expected);
    expect(server.requests).toHaveLength(requests);
  });

  it('about a topic that was deleted says what to do', async () => {
    const result = await publish((await localServer(error(404, 'NotFound'))).url);
    expect(result).toMatchObject({
      error: {
        code: 'sns_refused',
        message: `cannot publish to the topic ${TOPIC}: expected 200, received 404 NotFound; the topic was deleted: correct topicArn in the policy and deploy again`,
      },
    });
  });

  it.each([
    [403, 'AuthorizationError', 'deploy again, which lets the role publish; or its own policy forbids it'],
    [403, 'InvalidClientTokenId', 'the credentials of the function are not accepted in this region'],
    [
      400,
      'KMSAccessDenied',
      'the role may not use the key of the topic: give its kmsKeyArn in the policy and deploy again, and allow it in the key policy',
    ],
    [400, 'InvalidParameter', 'SNS refused the message; the next check publishes it again'],
  ])('%i %s says what to do', async (status, code, advice) => {
    const result = await publish((await localServer(error(status, code))).url);
    expect(result).toMatchObject({
      error: {
        message: `cannot publish to the topic ${TOPIC}: expected 200, received ${status} ${code}; ${advice}`,
      },
    });
  });

  it('quotes the words of SNS, which name the policy or the parameter', async () => {
    const words =
      'User: arn:aws:sts::1:assumed-role/watch is not authorized to perform: SNS:Publish\non resource: mail with an explicit deny';
    const body = `<ErrorResponse><Error><Code>AuthorizationError</Code><Message>${words}</Message></Error></ErrorResponse>`;
    expect(await publish((await localServer(answers(403, body))).url)).toMatchObject({
      error: {
        message: expect.stringContaining(
          'received 403 AuthorizationError (User: arn:aws:sts::1:assumed-role/watch is not authorized to perform: SNS:Publish on resource: mail with an explicit deny); deploy again',
        ),
      },
    });
  });

  it('400 Throttling each time leaves the message to the next check', async () => {
    expect(await publish((await localServer(error(400, 'Throttling'))).url)).toMatchObject({
      kind: 'refused',
      error: {
        message: expect.stringContaining('SNS limits the rate; the next check publishes the message'),
      },
    });
  });

  it('is missing for certain when nothing listens', async () => {
    expect(await publish(await unusedUrl())).toMatchObject({
      kind: 'refused',
      error: { code: 'sns_unreachable' },
    });
  });
});

it.each([
  ['arn:aws:sns:eu-central-1:210987654321:mail', 'https://sns.eu-central-1.amazonaws.com/', 'eu-central-1'],
  ['arn:aws-cn:sns:cn-north-1:123456789012:mail', 'https://sns.cn-north-1.amazonaws.com.cn/', 'cn-north-1'],
  [
    'arn:aws-us-gov:sns:us-gov-west-1:123456789012:mail',
    'https://sns.us-gov-west-1.amazonaws.com/',
    'us-gov-west-1',
  ],
])('a message to %s is signed for the region of the topic, and goes to %s', async (topicArn, url, region) => {
  const signed: { readonly url: string; readonly region: string }[] = [];
  const port = snsDestination({
    settings: { kind: 'sns', topicArn, format: 'text' },
    environment: 'prod',
    sign: async (request) => {
      signed.push({ url: request.url.href, region: request.region });
      throw new Error('nothing is sent by this test');
    },
  });
  const context = { destination: NEW_DESTINATION, facts: EMPTY_FACTS, now: NOW, id: 'id' };
  const [message] = await port.write(DIGEST, context);
  expect(await message?.post(deadlineIn(5))).toMatchObject({
    kind: 'refused',
    error: { code: 'sns_unsigned', message: expect.stringContaining(topicArn) },
  });
  expect(signed).toEqual([{ url, region }]);
});
