import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { aFailingRecord, aRecord } from '../../commands/a-world.ts';
import { actionsOf } from '../role-policy.ts';
import { aws } from '../shell.ts';
import { bytesOf, Deployment } from './deployment.ts';
import { secretLeaks } from './secret-leaks.ts';

/*
 * Both roles have only the permissions that they need: without any one of them something fails and names it. The
 * deployment has a KMS key of its own, which needs more permissions.
 */

const ROW = (sid: string, action: string): [string, string] => [sid, action];

const READ = [
  ROW('ReadSecret', 'secretsmanager:GetSecretValue'),
  ROW('DecryptSecret', 'kms:Decrypt'),
  ROW('ReadAndWriteState', 'dynamodb:Query'),
  ROW('EncryptState', 'kms:Decrypt'),
];
const WRITE = [ROW('ReadAndWriteState', 'dynamodb:PutItem'), ROW('ReadAndWriteState', 'dynamodb:DeleteItem')];
const LOG = [ROW('WriteLogs', 'logs:CreateLogStream'), ROW('WriteLogs', 'logs:PutLogEvents')];
/**
 * The emulator does not check these. DynamoDB does, for every caller that uses a table with a key of the customer:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const NOT_EMULATED = [
  ROW('EncryptState', 'kms:DescribeKey'),
  ROW('EncryptState', 'kms:Encrypt'),
  ROW('EncryptState', 'kms:GenerateDataKey'),
  ROW('EncryptState', 'kms:GenerateDataKeyWithoutPlaintext'),
  ROW('EncryptState', 'kms:ReEncryptFrom'),
  ROW('EncryptState', 'kms:ReEncryptTo'),
];
const DEAD_LETTERS = [
  ROW('SendDeadLetters', 'sqs:SendMessage'),
  ROW('EncryptDeadLetters', 'kms:GenerateDataKey'),
  ROW('EncryptDeadLetters', 'kms:Decrypt'),
];
const INVOKE = ROW('InvokeFunction', 'lambda:InvokeFunction');

const FUNCTION_ROLE = 'WatchFunctionRole';
const SCHEDULE_ROLE = 'WatchScheduleRole';

const KeySchema = v.object({ KeyMetadata: v.object({ Arn: v.string() }) });
const LettersSchema = v.object({ Messages: v.array(v.object({ Body: v.string() })) });

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.prepare();
  const key = v.parse(KeySchema, await aws(deployment.emulator, 'kms', 'create-key'));
  await deployment.deploy({ kmsKeyArn: key.KeyMetadata.Arn });
  await deployment.fill();
});

afterAll(() => deployment?.stop());

beforeEach(async () => {
  await deployment.startAfresh();
  deployment.timbal.syncs = [aFailingRecord(Date.now())];
});

describe("the function's role", () => {
  it('has only the permissions in this file', async () => {
    const rows = [...READ, ...WRITE, ...LOG, ...NOT_EMULATED];
    expect(await permissionsOf(FUNCTION_ROLE)).toEqual(rows.toSorted());
  });

  it('has all permissions that a check needs', async () => {
    expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1 }, saved: true });
  });

  it.each(READ)('without %s, %s: the check fails, and its error names the action', async (sid, action) => {
    const refused = await withoutAction(FUNCTION_ROLE, [sid, action], () => deployment.invoke());
    expect(refused.status).toBe('error');
    expect(refused.result).toMatchObject({
      errorMessage: expect.stringMatching(new RegExp(`(AccessDenied|access denied).*allow .*${action}`)),
    });
    expect(deployment.takePosted()).toEqual([]);
    expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1 } });
  });

  it.each(WRITE)(
    'without %s, %s: the check posts nothing, and its error names the action',
    async (sid, action) => {
      await deployment.invoke();
      deployment.takePosted();
      await storeInTwoPieces();
      deployment.timbal.syncs = [aRecord(Date.now())];
      const refused = await withoutAction(FUNCTION_ROLE, [sid, action], () => deployment.invoke());
      expect(refused.status).toBe('error');
      expect(refused.result).toMatchObject({
        errorMessage: expect.stringContaining(`allow the function's role ${action} on the table`),
      });
      expect(deployment.takePosted()).toEqual([]);
      expect((await deployment.invoke()).result).toMatchObject({ notified: [{ reason: 'resolved' }] });
    },
  );

  it.each(LOG)('without %s, %s: the check succeeds and the log stays empty', async (sid, action) => {
    const unlogged = await withoutAction(FUNCTION_ROLE, [sid, action], () => deployment.invoke());
    expect(unlogged.status).toBe('success');
    await deployment.emulator.coolDown();
    const logged = await deployment.invoke();
    const log = await aws(deployment.emulator, 'logs', 'filter-log-events', ...logGroup());
    expect(JSON.stringify(log)).not.toContain(unlogged.requestId);
    expect(JSON.stringify(log)).toContain(logged.requestId);
  });
});

describe("the schedule's role", () => {
  it('has only the permissions in this file', async () => {
    expect(await permissionsOf(SCHEDULE_ROLE)).toEqual([INVOKE, ...DEAD_LETTERS].toSorted());
  });

  it('without the permission to invoke: the event becomes a dead letter', async () => {
    await expect(withoutInvoke(() => fire())).rejects.toThrow(
      /does not allow lambda:InvokeFunction .* The event went to the dead-letter queue/,
    );
    expect(await deadLetters()).toMatchObject([{ command: 'check', scheduledAt: expect.any(String) }]);
  });

  it.each(DEAD_LETTERS)('without %s, %s: the dead letter is lost', async (sid, action) => {
    const firing = withoutAction(SCHEDULE_ROLE, [sid, action], () => withoutInvoke(() => fire()));
    await expect(firing).rejects.toThrow(
      new RegExp(`The event is lost: The role \\S+ does not allow ${action}`),
    );
  });
});

describe('after all tests of this file', () => {
  it('no value of the secret has leaked', async () => {
    expect(await secretLeaks(deployment)).toEqual([]);
  });
});

async function permissionsOf(role: string): Promise<readonly [string, string][]> {
  const statements = await deployment.policiesOf(role).statements();
  return statements
    .flatMap((statement) => actionsOf(statement).map((action) => ROW(statement.Sid ?? '', action)))
    .toSorted();
}

function withoutAction<T>(
  role: string,
  [sid, action]: readonly [string, string],
  during: () => Promise<T>,
): Promise<T> {
  return deployment.policiesOf(role).withoutAction(sid, action, during);
}

function withoutInvoke<T>(during: () => Promise<T>): Promise<T> {
  return withoutAction(SCHEDULE_ROLE, INVOKE, during);
}

function fire(): Promise<string> {
  return deployment.emulator.fire(deployment.resource('WatchSchedule'));
}

async function deadLetters(): Promise<readonly unknown[]> {
  const queue = ['--queue-url', deployment.resource('WatchDeadLetters'), '--max-number-of-messages', '10'];
  const received = await aws(deployment.emulator, 'sqs', 'receive-message', ...queue);
  return v.parse(LettersSchema, received).Messages.map(({ Body }) => JSON.parse(Body));
}

function logGroup(): readonly string[] {
  return ['--log-group-name', deployment.resource('WatchLogs')];
}

/** Stores the state in two items, as a state that is too large for one. The next write needs only one again. */
async function storeInTwoPieces(): Promise<void> {
  const [head, ...others] = await deployment.items();
  if (head === undefined || others.length > 0) throw new Error('expected a state of one piece');
  const bytes = bytesOf(head);
  const half = Math.floor(bytes.length / 2);
  const { pieces: _pieces, ...rest } = head;
  // A warm sandbox reads only what has another write id than the state that it knows.
  const writeId = { S: randomUUID() };
  await deployment.putItem({ ...head, writeId, pieces: { N: '2' }, bytes: { B: bytes.subarray(0, half) } });
  const second: Record<string, AttributeValue> = {
    part: { S: 'state#001' },
    writeId,
    bytes: { B: bytes.subarray(half) },
  };
  await deployment.putItem({ ...rest, ...second });
}
