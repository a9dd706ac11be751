import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aTemplate, removeFolders } from './a-stack.ts';

afterAll(removeFolders);

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Properties with "Update requires: Replacement" (AWS CloudFormation Template Reference), of those that we may set. */
const REPLACED_BY: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema', 'AttributeDefinitions', 'ImportSourceSpecification'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::Lambda::EventInvokeConfig': ['FunctionName', 'Qualifier'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType', 'TenancyConfig'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SNS::TopicPolicy': [],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::SQS::QueuePolicy': [],
  'AWS::Scheduler::Schedule': ['Name', 'GroupName'],
  'AWS::SecretsManager::Secret': ['Name'],
};

/** The template of `prod: {}` in the release before this one. docs/upgrading.md says when to write it anew. */
const before: { readonly Resources: Readonly<Record<string, Resource>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'previous-release.json'), 'utf8'),
);
const after: Readonly<Record<string, Resource>> = aTemplate().toJSON()['Resources'];

test.each(Object.entries(before.Resources))('an upgrade changes %s in place', (id, resource) => {
  const upgraded = after[id];
  const replacedBy = REPLACED_BY[resource.Type];
  if (upgraded === undefined || replacedBy === undefined)
    throw new Error(`${id} would be deleted or replaced`);
  expect(upgraded.Type).toBe(resource.Type);
  const identity = ({ Properties }: Resource) => replacedBy.map((name) => [name, Properties[name]]);
  expect(identity(upgraded)).toEqual(identity(resource));
  expect(upgraded.DeletionPolicy).toBe(resource.DeletionPolicy);
});

test('an upgrade leaves the value of the secret alone: CloudFormation writes one that changed in the template', () => {
  const secretStrings = (resources: Readonly<Record<string, Resource>>) =>
    Object.values(resources).map(({ Properties }) => Properties['SecretString']);
  expect(secretStrings(after).filter(Boolean)).toEqual(secretStrings(before.Resources).filter(Boolean));
});

test('the test sees a table whose key changes', () => {
  const { Properties } =
    Object.values(before.Resources).find(({ Type }) => Type === 'AWS::DynamoDB::Table') ?? {};
  expect(Properties?.['KeySchema']).toEqual([
    { AttributeName: 'scope', KeyType: 'HASH' },
    { AttributeName: 'part', KeyType: 'RANGE' },
  ]);
});
