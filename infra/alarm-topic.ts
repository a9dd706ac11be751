import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

interface AlarmTopicProps {
  /**
   * Encrypts the topic; undefined for a topic without encryption. Its key policy must allow `cloudwatch.amazonaws.com` to
   * use it. That of AWS's own key for SNS does not, and cannot be changed, so CloudWatch could not publish with that key.
   */
  readonly encryptionKey: IKey | undefined;
  /** Subscribed to the topic; AWS asks each address to confirm. */
  readonly emails: readonly string[];
}

/**
 * The second channel, which works when Slack or sync-alerts itself does not: an SNS topic to which CloudWatch may publish.
 * The policy needs that statement, because `enforceSSL` replaces the default policy of a topic with one that only denies.
 */
export function alarmTopic(scope: Construct, { encryptionKey, emails }: AlarmTopicProps): Topic {
  const topic = new Topic(scope, 'Topic', {
    enforceSSL: true,
    ...(encryptionKey && { masterKey: encryptionKey }),
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  for (const email of emails) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
