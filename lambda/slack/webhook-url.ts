import { type CheckedUrl, checkUrl } from '../http/secure-url.ts';

const WEBHOOK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];
const CREATE_ONE =
  'create an incoming webhook, whose URL begins with https://hooks.slack.com/services/ (docs.slack.dev, "Sending messages using incoming webhooks")';

/** Other addresses of Slack that people take for an incoming webhook, by the beginning of their path. */
const OTHER_ADDRESSES: readonly (readonly [path: string, address: string])[] = [
  ['triggers', 'a workflow webhook (/triggers/), which expects another payload'],
  ['workflows', 'a workflow webhook (/workflows/), which expects another payload'],
  ['api', 'a method of the Slack Web API (/api/), which expects a token'],
  ['archives', 'a link to a channel or a message (/archives/), to which nothing can be posted'],
];

/**
 * Accepts the URL of an incoming webhook. On Slack's own hosts its path is `/services/…`; every other address of Slack is
 * refused by name. Any other host is accepted, since it may be a proxy. A fault never repeats the URL, which is a secret.
 */
export function checkWebhookUrl(text: string): CheckedUrl {
  const checked = checkUrl(text);
  if (!checked.ok) return checked;
  // A host name may end with the dot of the DNS root.
  const host = checked.url.hostname.replace(/\.$/, '');
  if (!/(^|\.)slack(-gov)?\.com$/.test(host)) return checked;
  const { pathname } = checked.url;
  const [, other] = OTHER_ADDRESSES.find(([path]) => pathname.startsWith(`/${path}/`)) ?? [];
  if (other !== undefined) return { ok: false, fault: `is ${other}: ${CREATE_ONE}` };
  if (WEBHOOK_HOSTS.includes(host) && /^\/services\/./.test(pathname)) return checked;
  return { ok: false, fault: `is an address of Slack, but no incoming webhook: ${CREATE_ONE}` };
}
