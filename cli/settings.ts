import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { type Policy, parsePolicy } from '../lambda/core/policy.ts';
import { checkWebhookUrl } from '../lambda/slack/webhook-url.ts';
import { checkBaseUrl, DEFAULT_BASE_URL } from '../lambda/timbal/base-url.ts';
import { messageOf } from './error-message.ts';

/** What the environment asks for: the demo story, or one check of a real organisation. */
export type Settings = StorySettings | WatchSettings;

export interface StorySettings {
  readonly kind: 'story';
  /** Posts the story there, when given. */
  readonly webhookUrl?: string;
}

export interface WatchSettings {
  readonly kind: 'watch';
  readonly apiKey: string;
  readonly organisation: string;
  readonly baseUrl: string;
  readonly connectorId?: string;
  readonly webhookUrl?: string;
  readonly stateFile: string;
  readonly policy: Policy;
}

/** The settings, or every fault in them at once: each names its variable, and never holds its value. */
export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly string[] };

/** An empty variable counts as one that is not set. */
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
  SYNC_ALERTS_STATE: variable,
  SYNC_ALERTS_POLICY: variable,
});
type Environment = v.InferOutput<typeof environmentSchema>;

/** Reads the environment (the names are those of the API owner's SDKs) and the policy file that it names. */
export function parseSettings(environment: unknown): ParsedSettings {
  const variables = v.parse(environmentSchema, environment);
  const { TIMBAL_API_KEY: apiKey, TIMBAL_ORG_ID: organisation, SLACK_WEBHOOK_URL: webhookUrl } = variables;
  const faults = [...urlFaults(variables), ...observationOfUnlisted(variables)];
  const policy = policyFrom(variables.SYNC_ALERTS_POLICY);
  if (!policy.ok) faults.push(...policy.faults);
  if (faults.length > 0 || !policy.ok) return { ok: false, faults };

  const slack = webhookUrl === undefined ? {} : { webhookUrl };
  if (apiKey === undefined || organisation === undefined)
    return { ok: true, settings: { kind: 'story', ...slack } };
  const { TIMBAL_CONNECTOR_ID: connectorId } = variables;
  const baseUrl = (variables.TIMBAL_BASE_URL ?? DEFAULT_BASE_URL).replace(/\/+$/, '');
  const settings: WatchSettings = {
    kind: 'watch',
    apiKey,
    organisation,
    baseUrl,
    ...(connectorId !== undefined && { connectorId }),
    ...slack,
    stateFile: variables.SYNC_ALERTS_STATE ?? defaultStateFile(organisation, baseUrl, connectorId),
    policy: policy.policy,
  };
  return { ok: true, settings };
}

function urlFaults({ TIMBAL_BASE_URL, SLACK_WEBHOOK_URL }: Environment): string[] {
  const faults: string[] = [];
  const base = TIMBAL_BASE_URL === undefined ? undefined : checkBaseUrl(TIMBAL_BASE_URL);
  if (base !== undefined && !base.ok) faults.push(`TIMBAL_BASE_URL ${base.fault}`);
  const webhook = SLACK_WEBHOOK_URL === undefined ? undefined : checkWebhookUrl(SLACK_WEBHOOK_URL);
  if (webhook !== undefined && !webhook.ok) faults.push(`SLACK_WEBHOOK_URL ${webhook.fault}`);
  return faults;
}

function observationOfUnlisted({
  TIMBAL_API_KEY: apiKey,
  TIMBAL_ORG_ID: organisation,
  ...others
}: Environment): string[] {
  if (apiKey !== undefined && organisation === undefined) {
    return ['TIMBAL_ORG_ID is missing: set it to the id of the organisation that TIMBAL_API_KEY belongs to'];
  }
  if (organisation !== undefined && apiKey === undefined) {
    return ['TIMBAL_API_KEY is missing: create an API key in the settings of the Timbal platform'];
  }
  const { SLACK_WEBHOOK_URL: _webhook, ...needsAKey } = others;
  if (apiKey !== undefined) return [];
  return Object.entries(needsAKey).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`${name} is set, but TIMBAL_API_KEY and TIMBAL_ORG_ID are not: there is nothing to check`],
  );
}

function policyFrom(file: string | undefined): ReturnType<typeof parsePolicy> {
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
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (error) {
    return {
      ok: false,
      faults: [`SYNC_ALERTS_POLICY names ${file}, which is not JSON${whereIn(messageOf(error))}`],
    };
  }
  const parsed = parsePolicy(written);
  if (parsed.ok) return parsed;
  return { ok: false, faults: parsed.faults.map((fault) => `the policy ${file}: ${fault}`) };
}

/** Where the parser found it wrong, if it says so. Its other words quote the text, and the file may be one that holds a key. */
function whereIn(said: string): string {
  const [where] = /at position \d+( \(line \d+ column \d+\))?/.exec(said) ?? [];
  return where === undefined ? '' : `: it is wrong ${where}`;
}

/** Another base URL or a filter sees other syncs, so it has a memory of its own. */
function defaultStateFile(organisation: string, baseUrl: string, connectorId: string | undefined): string {
  const plain =
    /^[a-z0-9_-]{1,80}$/.test(organisation) && baseUrl === DEFAULT_BASE_URL && connectorId === undefined;
  if (plain) return `.sync-alerts/${organisation}.json`;
  const scope = JSON.stringify([baseUrl, organisation, connectorId ?? null]);
  const digest = createHash('sha256').update(scope).digest('hex').slice(0, 12);
  const readable = organisation
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .slice(0, 40);
  return `.sync-alerts/${readable}.${digest}.json`;
}
