import { parsePolicy } from '../../../lambda/core/parse/parse-policy.ts';

const payments = { kind: 'slack', webhook: 'payments' };
const faultsOf = (written: unknown): readonly string[] => {
  const parsed = parsePolicy(written);
  return parsed.ok ? [] : parsed.faults;
};

describe('routes that are wrong are rejected by the name of their field', () => {
  it.each<readonly [unknown, string | RegExp]>([
    [
      { destinations: { payments }, routes: [{ match: { name: 'a' }, to: 'paymens' }] },
      'routes.0.to: there is no destination "paymens"; did you mean payments?',
    ],
    [
      { defaultRoute: { to: 'nobody' } },
      'defaultRoute.to: there is no destination "nobody"; expected one of default',
    ],
    [
      { destinations: { default: payments } },
      'destinations.default: is the webhook slackWebhookUrl: choose another name',
    ],
    [
      { destinations: { Payments: payments } },
      'destinations.Payments: is not a name: expected 1 to 40 lower-case letters, digits or -',
    ],
    [{ destinations: { team: { kind: 'slack' } } }, 'destinations.team.webhook: is missing'],
    [
      { destinations: { team: { kind: 'slack', webhook: 'a b' } } },
      /^destinations\.team\.webhook: expected a name in the secret/,
    ],
    [
      { destinations: { team: { kind: 'pigeon' } } },
      /^destinations\.team\.kind: expected one of "slack", "pagerduty" and "sns"/,
    ],
    [
      {
        destinations: { pager: { kind: 'pagerduty', key: 'a' } },
        defaultRoute: { to: 'pager', mention: { critical: '<!here>' } },
      },
      'defaultRoute.mention: only Slack has mentions, and pager is of the kind pagerduty',
    ],
    [
      { destinations: { pager: { kind: 'pagerduty', key: 'a', region: 'uk' } } },
      'destinations.pager.region: expected "us" or "eu"',
    ],
    [{ routes: [{ match: {}, to: 'default' }] }, /^routes\.0\.match: expected at least one field/],
    [
      { routes: [{ match: { severity: 'bad' }, to: 'default' }] },
      'routes.0.match.severity: expected warning, critical or both',
    ],
    [{ routes: [{ match: { name: 'a' } }] }, 'routes.0.to: is missing'],
    ...[
      'data-mail',
      'arn:aws:sns:eu-west-1:123456789012:data-mail.fifo',
      'arn:aws:sqs:eu-west-1:123456789012:data-mail',
      'arn:aws:sns:eu-west-1:123456789012:data-mail:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55',
      'arn:aws:sns::123456789012:data-mail',
      'arn:aws-iso:sns:us-iso-east-1:123456789012:data-mail',
    ].map(
      (topicArn) =>
        [
          { destinations: { mail: { kind: 'sns', topicArn } } },
          'destinations.mail.topicArn: expected the ARN of an SNS topic, not a FIFO one: arn:aws:sns:REGION:ACCOUNT:NAME',
        ] as const,
    ),
    [
      {
        destinations: {
          mail: { kind: 'sns', topicArn: 'arn:aws:sns:eu-west-1:123456789012:mail', kmsKeyArn: 'alias/mail' },
        },
      },
      'destinations.mail.kmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID',
    ],
    [
      { destinations: { pager: { kind: 'pagerduty', key: 'R0UTINGKEY0R0UTINGKEY0R0UTINGKEY' } } },
      /^destinations\.pager\.key: expected a name in the secret/,
    ],
    [
      { defaultRoute: { to: 'default', mention: { critical: '@here' } } },
      'defaultRoute.mention.critical: expected "<!here>", "<!channel>", a user "<@U…>" or a group "<!subteam^S…>"',
    ],
    [
      {
        defaultRoute: { to: 'default', quietHours: [{ zone: 'Europe/Berlon', from: '22:00', to: '07:00' }] },
      },
      'defaultRoute.quietHours.0.zone: is not an IANA time zone such as "Europe/Berlin"',
    ],
    [
      { routes: [{ match: { name: 'a' }, to: 'default', quietHours: { zone: 'UTC' } }] },
      /^routes\.0\.quietHours: Invalid type: Expected Array/,
    ],
    [
      { defaultRoute: { to: 'default', mention: { critical: '<!here> <!channel>' } } },
      /^defaultRoute\.mention\.critical: expected/,
    ],
  ])('%j', (written, fault) => {
    expect(faultsOf(written)).toEqual([
      expect.stringMatching(fault instanceof RegExp ? fault : RegExp(escaped(fault))),
    ]);
  });
});

it.each([
  'arn:aws:sns:eu-west-1:123456789012:data-mail',
  'arn:aws-cn:sns:cn-north-1:123456789012:data_mail',
  'arn:aws-us-gov:sns:us-gov-west-1:123456789012:data-mail',
])('the topic %s is accepted', (topicArn) => {
  expect(faultsOf({ destinations: { mail: { kind: 'sns', topicArn } } })).toEqual([]);
});

function escaped(text: string): string {
  return `^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
}
