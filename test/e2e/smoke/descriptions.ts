import type { Outputs } from '../cdk.ts';
import type { Emulator } from '../emulator.ts';
import { aws } from '../shell.ts';

/** The AWS descriptions of all resources. */
export async function descriptionsOf(emulator: Emulator, outputs: Outputs): Promise<Record<string, unknown>> {
  const name = (output: string): string => {
    const value = outputs[output];
    if (value === undefined) throw new Error(`the stack has no output ${output}`);
    return value;
  };
  const account = 'arn:aws:dynamodb:us-east-1:123456789012';
  const functionArn = `arn:aws:lambda:us-east-1:123456789012:function:${name('FunctionName')}`;
  const logArn = `arn:aws:logs:us-east-1:123456789012:log-group:${name('LogGroupName')}`;
  const table = ['--table-name', name('TableName')];
  const calls: Readonly<Record<string, readonly string[]>> = {
    secret: ['secretsmanager', 'describe-secret', '--secret-id', name('SecretArn')],
    table: ['dynamodb', 'describe-table', ...table],
    timeToLive: ['dynamodb', 'describe-time-to-live', ...table],
    backups: ['dynamodb', 'describe-continuous-backups', ...table],
    tableTags: [
      'dynamodb',
      'list-tags-of-resource',
      '--resource-arn',
      `${account}:table/${name('TableName')}`,
    ],
    functionTags: ['lambda', 'list-tags', '--resource', functionArn],
    queue: ['sqs', 'get-queue-attributes', '--queue-url', name('QueueUrl'), '--attribute-names', 'All'],
    queueTags: ['sqs', 'list-queue-tags', '--queue-url', name('QueueUrl')],
    schedule: ['scheduler', 'get-schedule', '--name', name('ScheduleName')],
    role: ['iam', 'get-role', '--role-name', name('RoleName')],
    topic: ['sns', 'get-topic-attributes', '--topic-arn', name('TopicArn')],
    topicTags: ['sns', 'list-tags-for-resource', '--resource-arn', name('TopicArn')],
    alarms: ['cloudwatch', 'describe-alarms'],
    logs: ['logs', 'describe-log-groups', '--log-group-name-prefix', name('LogGroupName')],
    logTags: ['logs', 'list-tags-for-resource', '--resource-arn', logArn],
  };
  const descriptions: Record<string, unknown> = {};
  for (const [what, parameters] of Object.entries(calls))
    descriptions[what] = await aws(emulator, ...parameters);
  return descriptions;
}
