import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { aFailingRecord, aRecord } from '../../commands/a-world.ts';
import { actionsOf, statementsOf, withoutAction } from '../role-policy.ts';
import { aws } from '../shell.ts';
import { bytesOf, Deployment } from './deployment.ts';
import { placesWithSecrets } from './everything-said.ts';

/**
 * The roles allow what is needed and nothing more: without any one of its actions the watch fails, and says which. With a
 * key of one's own, since that takes more rights.
 */

const ROW = (sid: string, action: string): [string, string] => [sid, action];

/** Without it the check fails with an error that names it. */
const READING = [
  ROW('ReadSecret', 'secretsmanager:GetSecretValue'),
  ROW('DecryptSecret', 'kms:Decrypt'),
  ROW('ReadAndWriteState', 'dynamodb:Query'),
  ROW('EncryptState', 'kms:Decrypt'),
];
const WRITING = [
  ROW('ReadAndWriteState', 'dynamodb:PutItem'),
  ROW('ReadAndWriteState', 'dynamodb:DeleteItem'),
];
/** Lambda writes the log, and says nothing to the function when it may not. */
const LOGGING = [ROW('WriteLogs', 'logs:CreateLogStream'), ROW('WriteLogs', 'logs:PutLogEvents')];
/**
 * The emulator does not ask for them. DynamoDB does, of whoever uses a table under a key of a customer's own:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const NOT_PLAYED = [
  ROW('EncryptState', 'kms:DescribeKey'),
  ROW('EncryptState', 'kms:Encrypt'),
  ROW('EncryptState', 'kms:GenerateDataKey'),
  ROW('EncryptState', 'kms:GenerateDataKeyWithoutPlaintext'),
  ROW('EncryptState', 'kms:ReEncryptFrom'),
  ROW('EncryptState', 'kms:ReEncryptTo'),
];
const PUTTING_AWAY = [
  ROW('SendDeadLetters', 'sqs:SendMessage'),
  ROW('EncryptDeadLetters', 'kms:GenerateDataKey'),
  ROW('EncryptDeadLetters', 'kms:Decrypt'),
];
const INVOKING = ROW('InvokeFunction', 'lambda:InvokeFunction');

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
  it('has no other rights than these', async () => {
    const rows = [...READING, ...WRITING, ...LOGGING, ...NOT_PLAYED];
    expect(await rightsOf('WatchFunctionRole')).toEqual(rows.toSorted());
  });

  it('has enough of them', async () => {
    expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1 }, saved: true });
  });

  it.each(READING)('cannot read without %s, %s: the error names it', async (sid, action) => {
    const refused = await without('WatchFunctionRole', sid, action, () => deployment.invoke());
    expect(refused.status).toBe('error');
    expect(refused.result).toMatchObject({
      errorMessage: expect.stringMatching(new RegExp(`(AccessDenied|access denied).*allow .*${action}`)),
    });
    expect(deployment.posted()).toEqual([]);
    expect((await deployment.invoke()).result).toMatchObject({ posts: { accepted: 1 } });
  });

  it.each(WRITING)(
    'cannot remember without %s, %s: the error names it, and nothing was posted',
    async (sid, action) => {
      await deployment.invoke();
      deployment.posted();
      await rememberInTwoPieces();
      deployment.timbal.syncs = [aRecord(Date.now())];
      const refused = await without('WatchFunctionRole', sid, action, () => deployment.invoke());
      expect(refused.status).toBe('error');
      expect(refused.result).toMatchObject({
        errorMessage: expect.stringContaining(`allow the function's role ${action} on the table`),
      });
      expect(deployment.posted()).toEqual([]);
      expect((await deployment.invoke()).result).toMatchObject({ notified: [{ reason: 'resolved' }] });
    },
  );

  it.each(LOGGING)('cannot log without %s, %s: the log stays empty', async (sid, action) => {
    const unheard = await without('WatchFunctionRole', sid, action, () => deployment.invoke());
    expect(unheard.status).toBe('success');
    await deployment.emulator.coolDown();
    const heard = await deployment.invoke();
    const log = await aws(deployment.emulator, 'logs', 'filter-log-events', ...logGroup());
    expect(JSON.stringify(log)).not.toContain(unheard.requestId);
    expect(JSON.stringify(log)).toContain(heard.requestId);
  });
});

describe("the schedule's role", () => {
  it('has no other rights than these', async () => {
    expect(await rightsOf('WatchScheduleRole')).toEqual([INVOKING, ...PUTTING_AWAY].toSorted());
  });

  it('cannot invoke without that right: the event becomes a dead letter', async () => {
    await expect(withoutInvoking(() => fire())).rejects.toThrow(
      /does not allow lambda:InvokeFunction .* The event went to the dead-letter queue/,
    );
    expect(await deadLetters()).toMatchObject([{ command: 'check', scheduledAt: expect.any(String) }]);
  });

  it.each(PUTTING_AWAY)('cannot put a dead letter away without %s, %s: it is lost', async (sid, action) => {
    const firing = without('WatchScheduleRole', sid, action, () => withoutInvoking(() => fire()));
    await expect(firing).rejects.toThrow(
      new RegExp(`The event is lost: The role \\S+ does not allow ${action}`),
    );
  });
});

describe('all of this', () => {
  it('leaves no value of the secret anywhere', async () => {
    expect(await placesWithSecrets(deployment)).toEqual([]);
  });
});

async function rightsOf(role: string): Promise<readonly [string, string][]> {
  const statements = await statementsOf(deployment.emulator, deployment.resource(role));
  return statements
    .flatMap((statement) => actionsOf(statement).map((action) => ROW(statement.Sid ?? '', action)))
    .toSorted();
}

function without<T>(role: string, sid: string, action: string, during: () => Promise<T>): Promise<T> {
  return withoutAction(deployment.emulator, deployment.resource(role), sid, action, during);
}

function withoutInvoking<T>(during: () => Promise<T>): Promise<T> {
  return without('WatchScheduleRole', ...INVOKING, during);
}

function fire(): Promise<string> {
  return deployment.emulator.fire(deployment.resource('WatchSchedule'));
}

async function deadLetters(): Promise<readonly unknown[]> {
  const queue = ['--queue-url', deployment.resource('WatchDeadLetters'), '--max-number-of-messages', '10'];
  const answer = await aws(deployment.emulator, 'sqs', 'receive-message', ...queue);
  return v.parse(LettersSchema, answer).Messages.map(({ Body }) => JSON.parse(Body));
}

function logGroup(): readonly string[] {
  return ['--log-group-name', deployment.resource('WatchLogs')];
}

/** What a memory too large for one item looks like, which the next write makes one item again. */
async function rememberInTwoPieces(): Promise<void> {
  const [head, ...others] = await deployment.items();
  if (head === undefined || others.length > 0) throw new Error('expected a memory of one piece');
  const bytes = bytesOf(head);
  const half = Math.floor(bytes.length / 2);
  const { pieces: _pieces, ...part } = head;
  await deployment.putItem({ ...head, pieces: { N: '2' }, bytes: { B: bytes.subarray(0, half) } });
  const second: Record<string, AttributeValue> = {
    part: { S: 'memory#001' },
    bytes: { B: bytes.subarray(half) },
  };
  await deployment.putItem({ ...part, ...second });
}
