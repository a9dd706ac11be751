import { bootstrap, deploy, type Outputs } from '../cdk.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import { RolePolicies } from '../role-policy.ts';
import { aws, shell } from '../shell.ts';
import { descriptionsOf } from './descriptions.ts';

/* The emulator itself: it behaves as AWS does wherever the other end-to-end tests rely on that. */

const APP = 'node_modules/.bin/tsx test/e2e/smoke/app.ts';

const TIME_TO_LIVE = { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' } };
const BACKUPS = {
  ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } },
};

const TOO_MANY = expect.stringMatching(/429 .*TooManyRequestsException/);

let emulator: Emulator;
let outputs: Outputs;

beforeAll(async () => {
  emulator = await startEmulator();
  await bootstrap(emulator);
  outputs = await deploy(emulator, 'Smoke', { app: APP });
});

afterAll(() => emulator?.stop());

afterEach(() => emulator.clearFaults());

describe('an invocation', () => {
  it('is a cold start once, and warm after it', async () => {
    await emulator.coolDown();
    const first = await invoke('count');
    const second = await invoke('count');
    expect([first.cold, first.result, second.cold, second.result]).toEqual([true, 1, false, 2]);
    expect(second.containerId).toBe(first.containerId);
    await emulator.coolDown();
    expect(await invoke('count')).toMatchObject({ cold: true, result: 1 });
  });

  it('runs in its own container while another one runs', async () => {
    const both = await Promise.all([invoke('wait', '300'), invoke('wait', '300')]);
    expect(new Set(both.map(({ containerId }) => containerId)).size).toBe(2);
  });

  it('is frozen after its response, until the next one', async () => {
    await emulator.invokeAsync(name('FunctionName'), { do: 'print', text: 'first' });
    await emulator.coolDown();
    const left = await invoke('later', '200');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const next = await invoke('wait', '100');
    expect(left.output).not.toContain('later');
    expect(next).toMatchObject({ containerId: left.containerId, output: 'later\n' });
  });

  it('ends at its time limit, together with its container', async () => {
    const late = await invoke('wait', '5000');
    expect(late).toMatchObject({
      status: 'timeout',
      result: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/Task timed out after 1.00 seconds$/),
      },
    });
    expect(late.durationMs).toBeLessThan(1500);
    expect(await invoke('count')).toMatchObject({ cold: true });
  });

  it('fails when its process exits', async () => {
    expect(await invoke('exit')).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringMatching(/Runtime exited with error: exit status 3$/) },
    });
  });

  it("returns a function's error and the end of its log to the AWS CLI", async () => {
    const { stdout } = await shell(
      emulator,
      `echo '{"do":"throw","text":"on purpose"}' | aws lambda invoke --function-name ${name('FunctionName')} ` +
        '--log-type Tail --payload fileb:///dev/stdin /dev/stdout',
    );
    expect(stdout).toContain('"errorMessage":"on purpose"');
    expect(stdout).toContain('"FunctionError": "Unhandled"');
    const tail = /"LogResult": "([^"]+)"/.exec(stdout)?.[1] ?? '';
    expect(Buffer.from(tail, 'base64').toString()).toContain('"status": "error"');
  });

  it('is refused beyond the reserved concurrency', async () => {
    const which = ['--function-name', name('FunctionName')];
    await aws(
      emulator,
      'lambda',
      'put-function-concurrency',
      ...which,
      '--reserved-concurrent-executions',
      '1',
    );
    const both = await Promise.allSettled([invoke('wait', '300'), invoke('wait', '300')]);
    await aws(emulator, 'lambda', 'delete-function-concurrency', ...which);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ message: TOO_MANY }),
    });
  });

  it('can be asynchronous', async () => {
    const requestId = await emulator.invokeAsync(name('FunctionName'), { do: 'wait', text: '200' });
    expect(await emulator.waitForEnd(requestId)).toMatchObject({ status: 'success' });
  });

  it('logs standard output unchanged, and console output as JSON', async () => {
    const raw = await invoke('print', '{"_aws":{}}');
    expect(raw.output).toBe('{"_aws":{}}\n');
    const logged = await invoke('log', 'a message');
    expect(JSON.parse(logged.output)).toMatchObject({ level: 'INFO', message: 'a message' });
    const events = await aws(emulator, 'logs', 'filter-log-events', '--log-group-name', name('LogGroupName'));
    expect(JSON.stringify(events)).toContain('a message');
    expect(JSON.stringify(events)).toContain('platform.report');
  });
});

describe('the schedule', () => {
  it('invokes the function with its own input and the scheduled time', async () => {
    const invocation = await emulator.waitForEnd(await emulator.fire(name('ScheduleName')));
    expect(invocation.result).toEqual({
      command: 'check',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/),
    });
  });
});

describe('the role of the schedule', () => {
  it('must allow the invocation', async () => {
    const schedule = await aws(emulator, 'scheduler', 'get-schedule', '--name', name('ScheduleName'));
    const roleName = /"RoleArn":"[^"]*role\/([^"]+)"/.exec(JSON.stringify(schedule))?.[1] ?? '';
    const firing = new RolePolicies(emulator, roleName).withoutStatement(
      ({ Action }) => Action === 'lambda:InvokeFunction',
      () => emulator.fire(name('ScheduleName')),
    );
    await expect(firing).rejects.toThrow(
      /does not allow lambda:InvokeFunction .* The event went to the dead-letter queue/,
    );
  });
});

describe('an AWS call of a function', () => {
  it('is recorded', async () => {
    const { requestId } = await invoke('read');
    expect(await emulator.calls(requestId)).toMatchObject([
      { service: 'dynamodb', action: 'Query', status: 200 },
    ]);
  });

  it('can be a transaction, which its token makes safe to repeat', async () => {
    expect(await invoke('write', 'one')).toMatchObject({ result: 'one' });
    expect(await invoke('write', 'one')).toMatchObject({ result: 'one' });
    expect(await invoke('write', 'two')).toMatchObject({
      result: { errorType: 'TransactionCanceledException' },
    });
    expect(await invoke('read')).toMatchObject({ result: ['a=one', 'b=one'] });
  });

  it('can be throttled once', async () => {
    await emulator.inject({
      service: 'dynamodb',
      action: 'Query',
      error: 'ProvisionedThroughputExceededException',
    });
    const { requestId, status } = await invoke('read');
    expect(status).toBe('success');
    expect((await emulator.calls(requestId)).map((call) => call.status)).toEqual([400, 200]);
  });

  it('can be cancelled for a given reason', async () => {
    const fault = { service: 'dynamodb', action: 'TransactWriteItems' } as const;
    await emulator.inject({
      ...fault,
      error: 'TransactionCanceledException',
      reasons: ['None', 'ThrottlingError'],
    });
    expect(await invoke('reasons', 'three')).toMatchObject({ result: ['None', 'ThrottlingError'] });
  });

  it('can lose its response after it took effect', async () => {
    await emptyTable();
    await emulator.inject({
      service: 'dynamodb',
      action: 'TransactWriteItems',
      error: 'InternalServerError',
      status: 500,
      applied: true,
    });
    const { requestId, result } = await invoke('write', 'four');
    expect(result).toBe('four');
    expect((await emulator.calls(requestId)).map((call) => call.status)).toEqual([500, 200]);
    expect(await invoke('read')).toMatchObject({ result: ['a=four', 'b=four'] });
  });

  it.each([
    ['Secret', 'secret', 'secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:'],
    ['Read', 'read', 'dynamodb:Query on resource: arn:aws:dynamodb:'],
    ['Write', 'write', 'dynamodb:PutItem on resource: arn:aws:dynamodb:'],
  ])('is denied without the statement %s, and allowed with it', async (sid, action, permission) => {
    const denied = await without(sid, () => invoke(action, 'denied'));
    expect(denied).toMatchObject({
      result: {
        errorType: 'AccessDeniedException',
        errorMessage: expect.stringContaining(`is not authorized to perform: ${permission}`),
      },
    });
    expect(JSON.stringify((await invoke(action, 'allowed')).result)).not.toContain('AccessDenied');
  });

  it('that reads a secret needs permission for its key too', async () => {
    const key = JSON.stringify(await aws(emulator, 'kms', 'create-key'));
    const keyId = /"KeyId":"([^"]+)"/.exec(key)?.[1] ?? '';
    const update = ['secretsmanager', 'update-secret', '--secret-id', name('SecretArn'), '--kms-key-id'];
    await aws(emulator, ...update, keyId);
    const refused = await invoke('secret');
    await aws(emulator, ...update, 'alias/aws/secretsmanager');
    expect(refused.result).toMatchObject({
      errorMessage: expect.stringMatching(`kms:Decrypt on resource: arn:aws:kms:.*${keyId}`),
    });
    expect(await invoke('secret')).toMatchObject({ status: 'success' });
  });
});

describe('the log group', () => {
  it('gets nothing when the role may not write to it', async () => {
    await without('Log', () => invoke('log', 'unlogged'));
    const events = await aws(emulator, 'logs', 'filter-log-events', '--log-group-name', name('LogGroupName'));
    expect(JSON.stringify(events)).not.toContain('unlogged');
  });
});

describe('another deployment', () => {
  let before: Record<string, unknown>;
  let after: Record<string, unknown>;
  let newOutputs: Outputs;

  beforeAll(async () => {
    await emptyTable();
    await invoke('write', 'kept');
    const fill = ['secretsmanager', 'put-secret-value', '--secret-id', name('SecretArn')];
    await aws(emulator, ...fill, '--secret-string', 'filled');
    await aws(emulator, 'sqs', 'send-message', '--queue-url', name('QueueUrl'), '--message-body', 'kept');
    before = await descriptionsOf(emulator, outputs);
    newOutputs = await deploy(emulator, 'Smoke', { app: APP, context: { edition: 'second' } });
    after = await descriptionsOf(emulator, outputs);
  });

  it('replaces no resource', () => {
    expect(newOutputs).toEqual(outputs);
  });

  it('keeps the value of the secret', async () => {
    expect(await invoke('secret')).toMatchObject({ result: 'filled' });
  });

  it('keeps the items of the table', async () => {
    expect(await invoke('read')).toMatchObject({ result: ['a=kept', 'b=kept'] });
  });

  it('gives the function its new environment and time limit, in a new container', async () => {
    await invoke('greet');
    expect(await invoke('greet')).toMatchObject({ result: 'Hello from the second' });
    expect(await invoke('wait', '1200')).toMatchObject({ status: 'success' });
  });

  it('keeps the statements of the role and adds the new one', async () => {
    const policies = new RolePolicies(emulator, name('RoleName'));
    const sids = (await policies.statements()).map(({ Sid }) => Sid);
    expect(sids).toEqual(['Log', 'Secret', 'Read', 'Write', 'More']);
  });

  it.each([
    ['secret', { Description: 'The first edition' }, { Description: 'The second edition' }],
    [
      'table',
      { Table: { DeletionProtectionEnabled: false } },
      { Table: { DeletionProtectionEnabled: true, ItemCount: 2 } },
    ],
    ['timeToLive', TIME_TO_LIVE, TIME_TO_LIVE],
    ['backups', BACKUPS, BACKUPS],
    [
      'queue',
      { Attributes: { MessageRetentionPeriod: '86400', Policy: expect.stringContaining('SecureTransport') } },
      {
        Attributes: {
          MessageRetentionPeriod: '172800',
          Policy: expect.stringContaining('SecureTransport'),
          // The message of this test, and possibly the dead letter of the schedule.
          ApproximateNumberOfMessages: expect.stringMatching(/^[12]$/),
        },
      },
    ],
    [
      'schedule',
      { ScheduleExpression: 'rate(1 hour)', Description: 'The first edition' },
      { ScheduleExpression: 'rate(2 hours)', Description: 'The second edition' },
    ],
    ['role', { Role: { Description: 'The first edition' } }, { Role: { Description: 'The second edition' } }],
    [
      'topic',
      { Attributes: { DisplayName: 'The first edition' } },
      { Attributes: { DisplayName: 'The second edition' } },
    ],
    [
      'alarms',
      { MetricAlarms: [{ Threshold: 1, AlarmDescription: 'The first edition' }] },
      { MetricAlarms: [{ Threshold: 2, AlarmDescription: 'The second edition' }] },
    ],
    [
      'logs',
      { logGroups: expect.arrayContaining([expect.objectContaining({ retentionInDays: 1 })]) },
      { logGroups: expect.arrayContaining([expect.objectContaining({ retentionInDays: 3 })]) },
    ],
  ])('changes in place: %s', (what, first, second) => {
    expect(before[what]).toMatchObject(first);
    expect(after[what]).toMatchObject(second);
  });

  it.each(['secret', 'tableTags', 'functionTags', 'queueTags', 'role', 'topicTags', 'logTags'])(
    'adds, changes and removes tags: %s',
    (what) => {
      expect(JSON.stringify(before[what])).toMatch(/only-first/);
      expect(JSON.stringify(after[what])).toMatch(/only-second/);
      expect(JSON.stringify(after[what])).not.toMatch(/"first"|only-first/);
      expect(JSON.stringify(before[what])).toMatch(/of the first/);
      expect(JSON.stringify(after[what])).toMatch(/of the second/);
    },
  );
});

describe('a deployment that fails', () => {
  it('gives the reason', async () => {
    const context = { edition: 'second', greeting: 'x'.repeat(4100) };
    const failing = deploy(emulator, 'Smoke', { app: APP, context });
    await expect(failing).rejects.toThrow(/UPDATE_FAILED.*exceed 4 KB/);
  });
});

describe('termination protection', () => {
  it('prevents that a stack is deleted', async () => {
    const which = ['--stack-name', 'Smoke'];
    const protect = ['cloudformation', 'update-termination-protection', '--enable-termination-protection'];
    await aws(emulator, ...protect, ...which);
    const deletion = aws(emulator, 'cloudformation', 'delete-stack', ...which);
    await expect(deletion).rejects.toThrow(/TerminationProtection is enabled/);
  });
});

function name(output: string): string {
  const value = outputs[output];
  if (value === undefined) throw new Error(`the stack has no output ${output}`);
  return value;
}

function invoke(action: string, text = '') {
  return emulator.invoke(name('FunctionName'), { do: action, text });
}

function without<T>(sid: string, during: () => Promise<T>): Promise<T> {
  const policies = new RolePolicies(emulator, name('RoleName'));
  return policies.withoutStatement(({ Sid }) => Sid === sid, during);
}

async function emptyTable(): Promise<void> {
  for (const part of ['a', 'b']) {
    const key = JSON.stringify({ scope: { S: 'smoke' }, part: { S: part } });
    await aws(emulator, 'dynamodb', 'delete-item', '--table-name', name('TableName'), '--key', key);
  }
}
