import { Stack } from 'aws-cdk-lib';
import { consoleUrls } from '../../infra/console-urls.ts';
import { anApp, aStack, aTemplate, removeFolders, theAlarm } from './a-stack.ts';

afterAll(removeFolders);

test.each([
  ['eu-west-1', 'console.aws.amazon.com'],
  ['cn-north-1', 'console.amazonaws.cn'],
  ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
  ['eusc-de-east-1', 'console.amazonaws-eusc.eu'],
])('in %s the console is %s', (region, host) => {
  const urls = consoleUrls(new Stack(anApp(), 'Stack', { env: { region } }));
  expect(urls?.logGroup('G')).toBe(
    `https://${host}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/G`,
  );
  expect(urls?.function('F')).toBe(`https://${host}/lambda/home?region=${region}#/functions/F`);
  expect(urls?.dashboard('D')).toBe(
    `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/D`,
  );
});

test('an isolated region has no links: its console is not public', () => {
  const template = aTemplate({ region: 'us-iso-east-1' });
  expect(JSON.stringify(template.toJSON())).not.toContain('console');
  expect(theAlarm(template, 'throttled')['AlarmDescription']).toMatch(/runbook\.md#invocations-throttled$/);
});

test('where the region is known at deployment only, the partition decides there', () => {
  const stack = aStack();
  const url = JSON.stringify(stack.resolve(stack.syncAlerts.console?.function));
  expect(url).toContain('"Fn::If":["Isawscn","console.amazonaws.cn"');
  expect(url).toContain('"console.aws.amazon.com"');
  expect(aTemplate().toJSON()['Conditions']).toMatchObject({
    Isawscn: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] },
    Isawsusgov: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-us-gov'] },
  });
});
