import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { type ParsedPolicy, parsePolicy, parsePolicyText } from '../lambda/core/parse/parse-policy.ts';
import type { Policy } from '../lambda/core/policy.ts';
import { checkWebhookUrl } from '../lambda/slack/webhook-url.ts';
import { checkBaseUrl, DEFAULT_BASE_URL } from '../lambda/timbal/base-url.ts';
import { messageOf } from './error-message.ts';
import { checkHeartbeatUrl } from './heartbeat-url.ts';
import { VARIABLES, type VariableName } from './variables.ts';

/** Settings for the demo story. */
export interface StorySettings {
  readonly kind: 'story';
  /** Where to post the story; it is only printed without it. */
  readonly webhookUrl?: string;
}

/** Settings for a check of a real organisation. */
export interface WatchSettings {
  readonly kind: 'watch';
  readonly apiKey: string;
  readonly organisation: string;
  readonly baseUrl: string;
  /** The check lists only the syncs of this connector. */
  readonly connectorId?: string;
  /** Where to post; the terminal is the destination without it. */
  readonly webhookUrl?: string;
  /** Of a monitor that expects a heartbeat from each completed check. */
  readonly heartbeatUrl?: string;
  /** A path, relative to the working directory or absolute. */
  readonly stateFile: string;
  readonly policy: Policy;
}

/** The settings, or all their faults at once. Each fault names its variable; none contains a value that could be secret. */
type Parsed<Settings> =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly string[] };

/** An environment variable without surrounding blanks; undefined when it is empty or not set. */
const variable = v.optional(
  v.pipe(
    v.string(),
    v.trim(),
    v.transform((value) => value || undefined),
  ),
);

const environmentSchema = v.object({
  TIMBAL_API_KEY: variable,
  TIMBAL_ORG_ID: variable,
  TIMBAL_BASE_URL: variable,
  TIMBAL_CONNECTOR_ID: variable,
  SLACK_WEBHOOK_URL: variable,
  HEARTBEAT_URL: variable,
  HEARTBEAT_HTTP_HOST: variable,
  SYNC_ALERTS_STATE: variable,
  SYNC_ALERTS_POLICY: variable,
} satisfies Readonly<Record<VariableName, typeof variable>>);
type Environment = v.InferOutput<typeof environmentSchema>;

/** Whether none of our variables is set. An empty one is set: it is what a failed `export` leaves behind. */
export function isUnconfigured(environment: unknown): boolean {
  const variables = v.parse(v.record(v.string(), v.unknown()), environment);
  return Object.keys(VARIABLES).every((name) => variables[name] === undefined);
}

/** Parses the settings of the demo. The webhook counts only where the demo is to post. */
export function parseStorySettings(environment: unknown, posts: boolean): Parsed<StorySettings> {
  if (!posts) return { ok: true, settings: { kind: 'story' } };
  const variables = v.parse(environmentSchema, environment);
  const { SLACK_WEBHOOK_URL: webhookUrl } = variables;
  const faults = [...webhookFaults(variables), ...missingWebhook(variables)];
  if (faults.length > 0 || webhookUrl === undefined) return { ok: false, faults };
  return { ok: true, settings: { kind: 'story', webhookUrl } };
}

/**
 * Parses the environment variables and the policy file that they name.
 *
 * @param posts The command posts on request, so the webhook is needed.
 */
export function parseWatchSettings(environment: unknown, posts: boolean): Parsed<WatchSettings> {
  const variables = v.parse(environmentSchema, environment);
  const { TIMBAL_API_KEY: apiKey, TIMBAL_ORG_ID: organisation, SLACK_WEBHOOK_URL: webhookUrl } = variables;
  const policy = policyFrom(variables.SYNC_ALERTS_POLICY);
  const faults = [
    ...baseUrlFaults(variables),
    ...webhookFaults(variables),
    ...heartbeatFaults(variables),
    ...credentialFaults(variables),
    ...(posts ? missingWebhook(variables) : []),
    ...(policy.ok ? [] : policy.faults),
  ];
  if (faults.length > 0 || !policy.ok || apiKey === undefined || organisation === undefined)
    return { ok: false, faults };

  const { TIMBAL_CONNECTOR_ID: connectorId, HEARTBEAT_URL: heartbeatUrl } = variables;
  const baseUrl = (variables.TIMBAL_BASE_URL ?? DEFAULT_BASE_URL).replace(/\/+$/, '');
  const settings: WatchSettings = {
    kind: 'watch',
    apiKey,
    organisation,
    baseUrl,
    ...(connectorId !== undefined && { connectorId }),
    ...(webhookUrl !== undefined && { webhookUrl }),
    ...(heartbeatUrl !== undefined && { heartbeatUrl }),
    stateFile: variables.SYNC_ALERTS_STATE ?? defaultStateFile(organisation, baseUrl, connectorId),
    policy: policy.policy,
  };
  return { ok: true, settings };
}

function baseUrlFaults({ TIMBAL_BASE_URL: url }: Environment): readonly string[] {
  const checked = url === undefined ? undefined : checkBaseUrl(url);
  return checked === undefined || checked.ok ? [] : [`TIMBAL_BASE_URL ${checked.fault}`];
}

function webhookFaults({ SLACK_WEBHOOK_URL: url }: Environment): readonly string[] {
  const checked = url === undefined ? undefined : checkWebhookUrl(url);
  return checked === undefined || checked.ok ? [] : [`SLACK_WEBHOOK_URL ${checked.fault}`];
}

function heartbeatFaults({ HEARTBEAT_URL: url, HEARTBEAT_HTTP_HOST: host }: Environment): readonly string[] {
  const checked = url === undefined ? undefined : checkHeartbeatUrl(url, host);
  return checked === undefined || checked.ok ? [] : [`HEARTBEAT_URL ${checked.fault}`];
}

function missingWebhook({ SLACK_WEBHOOK_URL: url }: Environment): readonly string[] {
  return url === undefined ? ['SLACK_WEBHOOK_URL is missing: --post posts to it'] : [];
}

function credentialFaults({ TIMBAL_API_KEY, TIMBAL_ORG_ID }: Environment): readonly string[] {
  return [
    ...(TIMBAL_API_KEY === undefined
      ? ['TIMBAL_API_KEY is missing: create an API key in the settings of the Timbal platform']
      : []),
    ...(TIMBAL_ORG_ID === undefined
      ? ['TIMBAL_ORG_ID is missing: set it to the id of the organisation that TIMBAL_API_KEY belongs to']
      : []),
  ];
}

function policyFrom(file: string | undefined): ParsedPolicy {
  if (file === undefined) return parsePolicy({});
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return {
      ok: false,
      faults: [`SYNC_ALERTS_POLICY names ${file}, which cannot be read: ${messageOf(error)}`],
    };
  }
  const parsed = parsePolicyText(text);
  if (parsed.ok) return parsed;
  return { ok: false, faults: parsed.faults.map((fault) => `the policy file ${file}: ${fault}`) };
}

/**
 * The state file of an organisation. Another base URL or a connector lists other syncs, so each combination has its own
 * file: its name ends with the first 12 characters of a SHA-256, since two organisations may be alike up to a character
 * that no file name can hold.
 */
function defaultStateFile(organisation: string, baseUrl: string, connectorId: string | undefined): string {
  const isPlain =
    /^[a-z0-9_-]{1,80}$/.test(organisation) && baseUrl === DEFAULT_BASE_URL && connectorId === undefined;
  if (isPlain) return `.sync-alerts/${organisation}.json`;
  const scope = JSON.stringify([baseUrl, organisation, connectorId ?? null]);
  const digest = createHash('sha256').update(scope).digest('hex').slice(0, 12);
  const readable = organisation
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .slice(0, 40);
  return `.sync-alerts/${readable}.${digest}.json`;
}
