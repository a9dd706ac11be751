import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { signedBy } from '../../lambda/aws/signed-request.ts';
import { check } from '../../lambda/commands/check.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import type { SnsSettings } from '../../lambda/core/policy.ts';
import { snsDestination } from '../../lambda/destinations/sns-destination.ts';
import { aFailingRecord, aRecord, MINUTE, START, settings, World } from '../commands/a-world.ts';
import { aPolicy } from '../core/a-sync.ts';
import { type Emulator, REGION, startEmulator } from './emulator.ts';
import { aws } from './shell.ts';

/* What a subscription of a topic gets of a check: the topic is one of the emulated account, with a queue behind it. */

let emulator: Emulator;
let client: DynamoDBClient;

beforeAll(async () => {
  emulator = await startEmulator();
  const credentials = { accessKeyId: 'administrator', secretAccessKey: 'administrator' };
  client = new DynamoDBClient({ region: REGION, credentials });
});

afterAll(async () => {
  client?.destroy();
  await emulator?.stop();
});

const topicSchema = v.object({ TopicArn: v.string() });
const queueSchema = v.object({ QueueUrl: v.string() });
const receivedSchema = v.object({
  Messages: v.tuple([v.object({ Body: v.pipe(v.string(), v.parseJson()) })]),
});
const notificationSchema = v.object({
  TopicArn: v.string(),
  Subject: v.string(),
  Message: v.string(),
  MessageAttributes: v.record(v.string(), v.object({ Type: v.string(), Value: v.string() })),
});

/** A topic with a queue that subscribes to it. */
async function aTopic(name: string) {
  const { TopicArn: topicArn } = v.parse(
    topicSchema,
    await aws(emulator, 'sns', 'create-topic', '--name', name),
  );
  const created = await aws(emulator, 'sqs', 'create-queue', '--queue-name', name);
  const { QueueUrl: queue } = v.parse(queueSchema, created);
  const queueArn = topicArn.replace(':sns:', ':sqs:');
  const subscription = ['--topic-arn', topicArn, '--protocol', 'sqs', '--notification-endpoint', queueArn];
  await aws(emulator, 'sns', 'subscribe', ...subscription);
  /** What the queue has got since the last call. */
  const received = async () => {
    const messages = await aws(emulator, 'sqs', 'receive-message', '--queue-url', queue);
    return v.parse(notificationSchema, v.parse(receivedSchema, messages).Messages[0].Body);
  };
  return { topicArn, received };
}

/** A world whose alerts go to the topic. */
function aWatch(topicArn: string, format: SnsSettings['format'] = 'text') {
  const world = new World();
  const policy = aPolicy({
    destinations: { mail: { kind: 'sns', topicArn, format } },
    defaultRoute: { to: 'mail' },
  });
  const mail = snsDestination({
    settings: { kind: 'sns', topicArn, format },
    environment: 'test',
    sign: signedBy(client),
    endpoint: emulator.url,
  });
  const next = () => check({ ...world.ports, destinations: { mail } }, settings({ policy }));
  return { world, next };
}

describe('a subscription of a topic', () => {
  it('gets a digest with its subject, its attributes and its text, and the recovery', async () => {
    const { topicArn, received } = await aTopic('mail');
    const { world, next } = aWatch(topicArn);
    world.shown = [aFailingRecord(START, { name: 'orders — “live”' })];
    expect(await next()).toMatchObject({ posts: { accepted: 1 }, undelivered: { count: 0 } });
    const { Message: text, ...rest } = await received();
    expect(rest).toEqual({
      TopicArn: topicArn,
      Subject: 'test: First check: 1 sync needs attention',
      MessageAttributes: {
        severity: { Type: 'String', Value: 'warning' },
        environment: { Type: 'String', Value: 'test' },
      },
    });
    expect(text).toMatch(/^First check: 1 sync needs attention\n\n {2}WARNING {2}orders — “live” is failing/);

    world.now += 15 * MINUTE;
    world.shown = [aRecord(world.now, { name: 'orders — “live”' })];
    expect(await next()).toMatchObject({ posts: { accepted: 1 } });
    expect(await received()).toMatchObject({
      Subject: 'test: 1 recovered',
      MessageAttributes: { severity: { Value: 'info' } },
    });
  });

  it('of Amazon Q gets a custom notification', async () => {
    const { topicArn, received } = await aTopic('teams');
    const { world, next } = aWatch(topicArn, 'amazon-q');
    world.shown = [aFailingRecord(START)];
    await next();
    expect(JSON.parse((await received()).Message)).toMatchObject({ version: '1.0', source: 'custom' });
  });
});

it('a topic that was deleted is an error that says what to do, and the next topic gets what it was not sent', async () => {
  const { topicArn } = await aTopic('deleted');
  await aws(emulator, 'sns', 'delete-topic', '--topic-arn', topicArn);
  const { world, next } = aWatch(topicArn);
  world.shown = [aFailingRecord(START)];
  const error: unknown = await next().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CheckFailed);
  expect(String(error)).toContain(
    `cannot publish to the topic ${topicArn}: expected 200, received 404 NotFound (`,
  );
  expect(String(error)).toContain('the topic was deleted: correct topicArn in the policy and deploy again');
  const other = await aTopic('in-its-place');
  const moved = aWatch(other.topicArn);
  moved.world.shown = world.shown;
  moved.world.stored = world.stored;
  moved.world.now = world.now + 5 * MINUTE;
  expect(await moved.next()).toMatchObject({ undelivered: { count: 0 } });
  expect((await other.received()).Subject).toContain('1 sync needs attention');
});
