import * as v from 'valibot';
import { DEFAULT_DESTINATION } from '../policy.ts';
import { didYouMean } from './did-you-mean.ts';
import { alertMatcher } from './parse-matcher.ts';
import { quietHours } from './parse-quiet-hours.ts';

/*
 * The schemas of destinations and routes as people write them, and what must be so of them together.
 */

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The name of a webhook or key in the secret. */
const secretName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9_-]{1,20}$/i, 'expected a name in the secret: 1 to 20 letters, digits, _ or -'),
);

const slack = v.strictObject({ kind: v.literal('slack'), webhook: secretName });

const pagerduty = v.strictObject({
  kind: v.literal('pagerduty'),
  key: secretName,
  region: v.exactOptional(v.picklist(['us', 'eu'], 'expected "us" or "eu"')),
});

const sns = v.strictObject({
  kind: v.literal('sns'),
  topicArn: v.pipe(
    v.string(),
    v.regex(
      /^arn:aws(-cn|-us-gov)?:sns:[a-z\d-]+:\d{12}:[\w-]{1,256}$/,
      'expected the ARN of an SNS topic, not a FIFO one: arn:aws:sns:REGION:ACCOUNT:NAME',
    ),
  ),
  kmsKeyArn: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(
        /^arn:aws[a-z-]*:kms:[a-z\d-]+:\d{12}:key\/[\w-]+$/,
        'expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID',
      ),
    ),
  ),
  format: v.optional(v.picklist(['text', 'amazon-q'], 'expected "text" or "amazon-q"'), 'text'),
});

const destination = v.variant(
  'kind',
  [slack, pagerduty, sns],
  'expected one of "slack", "pagerduty" and "sns"',
);

/** What Slack makes a mention of (docs.slack.dev, "Formatting text for app surfaces"). */
const MENTION = /^(<!here>|<!channel>|<@[UW][A-Z0-9]{2,20}>|<!subteam\^S[A-Z0-9]{2,20}>)$/;
const mention = v.pipe(
  v.string(),
  v.regex(MENTION, 'expected "<!here>", "<!channel>", a user "<@U…>" or a group "<!subteam^S…>"'),
);

const target = {
  to: v.string(),
  mention: v.exactOptional(
    v.strictObject({ critical: v.exactOptional(mention), warning: v.exactOptional(mention) }),
  ),
  quietHours: v.exactOptional(v.array(quietHours)),
};

/** The fields of the policy that say who hears what. */
export const routeFields = {
  destinations: v.optional(
    v.record(
      v.pipe(
        v.string(),
        v.regex(NAME, 'is not a name: expected 1 to 40 lower-case letters, digits or -'),
        v.check(
          (name) => name !== DEFAULT_DESTINATION,
          'is the webhook slackWebhookUrl: choose another name',
        ),
      ),
      destination,
    ),
    {},
  ),
  routes: v.optional(
    v.array(v.strictObject({ match: alertMatcher, continue: v.optional(v.boolean(), false), ...target })),
    [],
  ),
  defaultRoute: v.optional(v.strictObject(target), { to: DEFAULT_DESTINATION }),
};

type Routing = v.InferOutput<v.StrictObjectSchema<typeof routeFields, undefined>>;

/** A fault of one field, by the path to it. */
interface FieldFault {
  readonly keys: readonly [string, ...string[]];
  readonly message: string;
}

/** Every fault of the routes beside their form. */
export function routeFaults({ destinations, routes, defaultRoute }: Routing): readonly FieldFault[] {
  const known = [DEFAULT_DESTINATION, ...Object.keys(destinations)];
  const targets = [
    ...routes.map((route, index) => ({ ...route, keys: ['routes', String(index)] as const })),
    { ...defaultRoute, keys: ['defaultRoute'] as const },
  ];
  return targets.flatMap(({ to, mention, keys }): readonly FieldFault[] => {
    if (!known.includes(to)) return [{ keys: [...keys, 'to'], message: unknownDestination(to, known) }];
    const kind = destinations[to]?.kind ?? 'slack';
    if (mention === undefined || kind === 'slack') return [];
    const message = `only Slack has mentions, and ${to} is of the kind ${kind}`;
    return [{ keys: [...keys, 'mention'], message }];
  });
}

function unknownDestination(name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known);
  const advice = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`;
  return `there is no destination ${JSON.stringify(name)}; ${advice}`;
}
