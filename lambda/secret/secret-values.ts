import * as v from 'valibot';
import { withoutByteOrderMark } from '../core/blank.ts';
import { didYouMean } from '../core/parse/did-you-mean.ts';
import { type CheckedUrl, checkUrl } from '../http/secure-url.ts';
import { checkWebhookUrl } from '../slack/webhook-url.ts';
import { REPLACE_ME } from './secret-placeholder.ts';

/** The content of the secret. Only the organisation's id may reach a log, an error or a response. */
export interface SecretValues {
  readonly apiKey: string;
  readonly organisation: string;
  readonly webhookUrl: string;
  /** Further webhooks by name, for the destinations of the policy. */
  readonly furtherWebhookUrls: Readonly<Record<string, string>>;
  /** The routing keys of PagerDuty by name, for the destinations of the policy. */
  readonly pagerDutyKeys: Readonly<Record<string, string>>;
  /** Of a monitor that expects a heartbeat; undefined when there is none. */
  readonly heartbeatUrl: string | undefined;
}

/** The values, or all faults at once: each names its key, and never contains its value. */
type ParsedSecret =
  | { readonly ok: true; readonly values: SecretValues }
  | { readonly ok: false; readonly faults: readonly string[] };

const value = v.pipe(
  v.string('is not a string'),
  v.trim(),
  v.nonEmpty('is empty'),
  v.check((text) => text !== REPLACE_ME, 'still holds the placeholder'),
);

const urlWith = (check: (text: string) => CheckedUrl) =>
  v.pipe(
    value,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.issues !== undefined) return;
      const checked = check(dataset.value);
      if (!checked.ok) addIssue({ message: checked.fault });
    }),
  );
const webhookUrl = urlWith(checkWebhookUrl);

/** An integration key of PagerDuty (support.pagerduty.com, "Services and Integrations"). */
const pagerDutyKey = v.pipe(
  value,
  v.regex(/^[a-z0-9]{32}$/i, 'is not a routing key of 32 letters and digits'),
);

const secretSchema = v.object(
  {
    timbalApiKey: value,
    timbalOrgId: value,
    slackWebhookUrl: webhookUrl,
    slackWebhooks: v.optional(
      v.record(v.string(), webhookUrl, 'is not an object of webhook URLs by name'),
      {},
    ),
    pagerDutyKeys: v.optional(
      v.record(v.string(), pagerDutyKey, 'is not an object of routing keys by name'),
      {},
    ),
    heartbeatUrl: v.optional(urlWith(checkUrl)),
  },
  // Valibot reports a missing key as an issue of the object, with the key as its path.
  ({ path }) => (path === undefined ? 'is not a JSON object' : 'is missing'),
);

/**
 * Parses the text of the secret, one JSON object. Unknown keys are ignored, except for one that is close to a known one: a
 * heartbeat would never be sent because of a typo.
 */
export function parseSecret(text: string): ParsedSecret {
  let json: unknown;
  try {
    json = JSON.parse(withoutByteOrderMark(text));
  } catch {
    // The parser's own message quotes the text.
    return { ok: false, faults: ['it is not JSON'] };
  }
  const parsed = v.safeParse(secretSchema, json);
  const faults = [...(parsed.success ? [] : faultsOf(parsed.issues)), ...typosIn(json)];
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  const { timbalApiKey, timbalOrgId, slackWebhookUrl, slackWebhooks, pagerDutyKeys, heartbeatUrl } =
    parsed.output;
  return {
    ok: true,
    values: {
      apiKey: timbalApiKey,
      organisation: timbalOrgId,
      webhookUrl: slackWebhookUrl,
      furtherWebhookUrls: slackWebhooks,
      pagerDutyKeys,
      heartbeatUrl,
    },
  };
}

/** Such a key is close to a known name, so it is no secret in the wrong place. */
function typosIn(json: unknown): readonly string[] {
  const known = Object.keys(secretSchema.entries);
  const keys = typeof json === 'object' && json !== null ? Object.keys(json) : [];
  return keys.flatMap((key) => {
    const meant = known.includes(key) ? undefined : didYouMean(key, known);
    return meant === undefined ? [] : [`${JSON.stringify(key)} is not a known key; did you mean ${meant}?`];
  });
}

/** The first fault of each key: an empty value is not reported as an invalid URL too. */
function faultsOf(issues: readonly v.InferIssue<typeof secretSchema>[]): readonly string[] {
  const faults = new Map<string, string>();
  for (const issue of issues) {
    const key = keyOf(issue);
    if (!faults.has(key)) faults.set(key, `${key} ${issue.message}`);
  }
  return [...faults.values()];
}

/** A webhook's name: cannot be a URL, and is too short for a key or a token. */
const PLAIN_NAME = /^[a-z0-9_-]{1,20}$/i;

/** The key at fault. People easily swap a webhook's name and its URL, so a name that may be a secret is shown as "…". */
function keyOf({ path }: v.InferIssue<typeof secretSchema>): string {
  const keys = (path ?? []).map(({ key }, depth) =>
    depth === 0 || PLAIN_NAME.test(String(key)) ? String(key) : '…',
  );
  return keys.length === 0 ? 'it' : JSON.stringify(keys.join('.'));
}
