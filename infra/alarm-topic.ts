import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/**
 * The second channel, for when Slack or the watcher itself is in trouble. CloudWatch may publish to it, which has to be
 * said: a policy that only denies replaces the one that a topic has by itself.
 *
 * @param key Without one the topic is not encrypted: CloudWatch cannot publish to one that AWS's own key for SNS encrypts,
 * since nobody may let it use that key. This key's policy has to let `cloudwatch.amazonaws.com` use it.
 */
export function alarmTopic(scope: Construct, key: IKey | undefined, emails: readonly string[]): Topic {
  const topic = new Topic(scope, 'Topic', { enforceSSL: true, ...(key && { masterKey: key }) });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  for (const email of emails) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
