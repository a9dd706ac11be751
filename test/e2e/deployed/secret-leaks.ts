import { aws } from '../shell.ts';
import type { Deployment } from './deployment.ts';
import { tracesIn } from './secrets.ts';

/** The places that contain a value of the secret, beside the secret itself. */
export async function secretLeaks(deployment: Deployment): Promise<readonly string[]> {
  const texts = await allTexts(deployment);
  return [...texts].filter(([, text]) => tracesIn(text).length > 0).map(([place]) => place);
}

/** Everything that was printed, returned, posted, stored or synthesised, by place. */
async function allTexts(deployment: Deployment): Promise<ReadonlyMap<string, string>> {
  const { emulator, slack, timbal } = deployment;
  const invocations = await emulator.invocations();
  const functionName = deployment.output('FunctionName');
  const of = async (...parameters: readonly string[]) =>
    JSON.stringify((await aws(emulator, ...parameters)) ?? null);
  await deployment.items();
  return new Map([
    ['standard output', invocations.map(({ output }) => output).join('\n')],
    ['responses and errors', invocations.map(({ payload }) => payload).join('\n')],
    ['log', await of('logs', 'filter-log-events', '--log-group-name', deployment.resource('WatchLogs'))],
    ['table', [...deployment.documents].join('\n')],
    ['messages', slack.requests.map(({ body }) => body).join('\n')],
    ['requests of the listing', timbal.requests.map(({ url, body }) => `${url}${body}`).join('\n')],
    ['template', await of('cloudformation', 'get-template', '--stack-name', 'SyncAlerts-prod')],
    ['stack', await of('cloudformation', 'describe-stacks', '--stack-name', 'SyncAlerts-prod')],
    ['function', await of('lambda', 'get-function', '--function-name', functionName)],
    ['dead letters', await of('sqs', 'receive-message', ...queue(deployment))],
    ['output of commands', emulator.printed.join('\n')],
  ]);
}

function queue(deployment: Deployment): readonly string[] {
  return ['--queue-url', deployment.resource('WatchDeadLetters'), '--max-number-of-messages', '10'];
}
