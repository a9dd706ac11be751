import { createHash } from 'node:crypto';
import type { Ports } from '../../../lambda/commands/ports.ts';
import type { Coverage } from '../../../lambda/core/notify/notification.ts';
import { DEFAULT_DESTINATION, type DestinationSettings, type Policy } from '../../../lambda/core/policy.ts';
import { type PagerDutyEvent, pagerDutyEvents } from '../../../lambda/core/render/pagerduty-events.ts';
import { type Message, slackMessages } from '../../../lambda/core/render/slack-messages.ts';
import { snsMessage } from '../../../lambda/core/render/sns-messages.ts';
import type { DestinationPort, OutgoingMessage } from '../../../lambda/destinations/destination-port.ts';
import { SyncAlertsError } from '../../../lambda/errors.ts';
import type { Deadline } from '../../../lambda/http/deadline.ts';
import type { PostResult } from '../../../lambda/slack/webhook.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { SimulatedCheck } from '../simulated-check.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What a channel does with a message for some time. */
const FATES = [
  'refuses',
  'limits the rate',
  'hangs',
  'loses responses',
  'is slow',
  'answers with a page',
  'refuses the form',
  'cannot be read',
] as const;
type Fate = 'lives' | (typeof FATES)[number];

/** One message on its way to a channel. */
export interface RoutedPost {
  /** The name of the destination. */
  readonly to: string;
  /** The channel, by the id that the check planned for. */
  readonly id: string;
  readonly covers: readonly Coverage[];
  readonly by: SimulatedCheck;
  /** Of PagerDuty; absent also for a message without an event. */
  readonly event?: PagerDutyEvent;
  readonly kind: DestinationSettings['kind'];
  /** What people read. */
  readonly text: string;
  result?: PostResult['kind'];
}

export interface PostObserver {
  /** A check sends a message. */
  posting(post: RoutedPost): void;
  /** The channel shows the message. */
  delivered(post: RoutedPost): void;
  /** The check got the result of a post. */
  answered(post: RoutedPost): void;
  /** The process of the check ended. */
  crashed(check: SimulatedCheck): void;
}

interface Options {
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: PostObserver;
  readonly start: number;
  /** When every channel lives for good. */
  readonly end: number;
}

interface Period {
  readonly until: number;
  readonly fate: Fate;
}

/**
 * The channels of Slack, the services of PagerDuty and the topics of SNS that a world's policies name. Each lives, dies and
 * returns on its own; now and then somebody stores another webhook or key under a name of the secret.
 */
export class SimulatedDestinations {
  readonly #options: Options;
  readonly #fates = new Map<string, Period>();
  /** By the name in the secret, how often its value was exchanged. */
  readonly #exchanges = new Map<string, number>();
  readonly #isCalmWorld: boolean;
  /** The chance of a crash at a post. */
  readonly #crashChance: number;

  constructor(options: Options) {
    this.#options = options;
    this.#isCalmWorld = options.random.chance(0.15);
    this.#crashChance = options.random.pick([0, 0, 0.01, 0.05]);
  }

  /** Somebody stores another webhook or key under this name. */
  exchange(secretName: string): void {
    this.#exchanges.set(secretName, (this.#exchanges.get(secretName) ?? 0) + 1);
  }

  /** The channel behind the settings of a destination now; undefined while the secret cannot be read. */
  idOf(settings: DestinationSettings | undefined): string | undefined {
    const where = this.#channelOf(settings);
    if (settings?.kind !== 'sns' && this.#fateOf(where) === 'cannot be read') return undefined;
    return createHash('sha256').update(where).digest('hex').slice(0, 12);
  }

  portsFor(check: SimulatedCheck): Pick<Ports, 'slack' | 'destinations'> {
    return {
      slack: {
        destinationId: async () => this.idOf(undefined),
        post: (message, deadline, id = this.idOf(undefined) ?? '') => {
          const { covers } = message as Message;
          const text = JSON.stringify(message);
          return this.#post(
            { id, covers, text, to: DEFAULT_DESTINATION, by: check, kind: 'slack' },
            undefined,
            deadline,
          );
        },
      },
      destinations: Object.fromEntries(
        Object.entries(check.policy.destinations).map(([name, settings]) => [
          name,
          this.#portTo(name, settings, check),
        ]),
      ),
    };
  }

  #channelOf(settings: DestinationSettings | undefined): string {
    const secretName = secretNameOf(settings);
    return `${secretName} ${this.#exchanges.get(secretName) ?? 0}`;
  }

  #fateOf(channel: string): Fate {
    const { clock, random, end } = this.#options;
    if (this.#isCalmWorld || clock.now >= end) return 'lives';
    let period: Period | undefined = this.#fates.get(channel);
    while (period === undefined || period.until <= clock.now) {
      const lives: boolean = period !== undefined && period.fate !== 'lives';
      const fate: Fate = lives || random.chance(0.4) ? 'lives' : random.pick(FATES);
      const mean: number = fate === 'lives' ? 5 * HOUR : random.pick([10 * MINUTE, HOUR, 4 * HOUR]);
      period = { until: (period?.until ?? clock.now) + random.wait(mean), fate };
      this.#fates.set(channel, period);
    }
    return period.fate;
  }

  #portTo(to: string, settings: DestinationSettings, by: SimulatedCheck): DestinationPort {
    const { kind } = settings;
    return {
      destinationId: async () => this.idOf(settings),
      write: async (digest, context) =>
        messagesOf(settings, digest, context).map(
          ({ event, text, covers, endsReminder }): OutgoingMessage => {
            const post = {
              id: context.id,
              covers,
              text,
              to,
              by,
              kind,
              ...(event !== undefined && { event }),
            };
            const message = { covers, endsReminder };
            if (kind === 'pagerduty' && event === undefined)
              return { ...message, isSilent: true, post: async () => this.#withoutEvent(post) };
            return { ...message, post: (deadline) => this.#post(post, settings, deadline) };
          },
        ),
    };
  }

  /** PagerDuty has no event for the rest of a digest: nothing is posted. */
  #withoutEvent(post: RoutedPost): PostResult {
    const { observer } = this.#options;
    observer.posting(post);
    observer.delivered(post);
    post.result = 'accepted';
    observer.answered(post);
    return { kind: 'accepted' };
  }

  async #post(
    post: RoutedPost,
    settings: DestinationSettings | undefined,
    { signal }: Deadline,
  ): Promise<PostResult> {
    const { clock, random, observer } = this.#options;
    const { by: check } = post;
    observer.posting(post);
    const answer = (result: PostResult): PostResult => {
      post.result = result.kind;
      observer.answered(post);
      return result;
    };
    const error = (code: 'slack_refused' | 'slack_unconfirmed') =>
      new SyncAlertsError(
        code,
        `the destination ${post.to} ${code === 'slack_refused' ? 'refused' : 'hung'}`,
      );
    const refuse = (more: { readonly invalidPayload?: boolean; readonly retryAfterSeconds?: number } = {}) =>
      answer({ kind: 'refused', invalidPayload: false, error: error('slack_refused'), ...more });
    const unconfirmed = () => answer({ kind: 'unconfirmed', error: error('slack_unconfirmed') });
    const crash = (): Promise<never> => {
      check.dead = true;
      observer.crashed(check);
      return new Promise<never>(() => {});
    };
    if (signal.aborted || this.idOf(settings) !== post.id) return refuse();
    const crashes = clock.now < this.#options.end && random.chance(this.#crashChance);
    const fate = this.#fateOf(this.#channelOf(settings));
    await clock.sleep(fate === 'is slow' ? random.between(2000, 9000) : random.between(50, 500), check);
    if (signal.aborted) return unconfirmed();
    if (crashes && random.chance(0.5)) return crash();
    switch (fate) {
      case 'refuses':
        return refuse();
      case 'refuses the form':
        return refuse({ invalidPayload: true });
      case 'limits the rate':
        return refuse({ retryAfterSeconds: random.pick([30, 400, 1800, 90_000]) });
      case 'answers with a page':
        return unconfirmed();
      case 'hangs':
        await clock.sleep(10_000, check);
        return unconfirmed();
      default:
        observer.delivered(post);
        await clock.sleep(random.between(50, 500), check);
        if (crashes) return crash();
        if (fate === 'loses responses' || signal.aborted) return unconfirmed();
        return answer({ kind: 'accepted' });
    }
  }
}

/** What the secret calls the webhook or key of a destination; the ARN of a topic. */
export function secretNameOf(settings: DestinationSettings | undefined): string {
  switch (settings?.kind) {
    case undefined:
      return 'slackWebhookUrl';
    case 'slack':
      return `webhook ${settings.webhook}`;
    case 'pagerduty':
      return `key ${settings.key}`;
    case 'sns':
      return settings.topicArn;
  }
}

/** The names of the secret that a policy uses. */
export function secretNames({ destinations }: Policy): readonly string[] {
  return [undefined, ...Object.values(destinations).filter(({ kind }) => kind !== 'sns')].map(secretNameOf);
}

type Write = Parameters<DestinationPort['write']>;

function messagesOf(settings: DestinationSettings, digest: Write[0], context: Write[1]) {
  switch (settings.kind) {
    case 'pagerduty':
      return pagerDutyEvents(digest, context).map((message) => ({
        ...message,
        text: JSON.stringify(message.event ?? ''),
      }));
    case 'sns':
      return [{ ...snsMessage(digest, settings.format), event: undefined }];
    case 'slack':
      return slackMessages(digest).map(({ covers, endsReminder, ...message }) => ({
        covers,
        endsReminder,
        text: JSON.stringify(message),
        event: undefined,
      }));
  }
}
