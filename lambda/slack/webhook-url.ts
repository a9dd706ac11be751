import { type CheckedUrl, checkUrl } from '../http/secure-url.ts';

const SLACK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];

/**
 * Accepts the URL of an incoming webhook. On Slack's own hosts its path is `/services/…`; workflow webhooks expect other
 * payloads and are refused by name. Any other host is accepted, since it may be a proxy. A fault never repeats the URL,
 * which is a secret.
 */
export function checkWebhookUrl(text: string): CheckedUrl {
  const checked = checkUrl(text);
  // A host name may end with the dot of the DNS root.
  if (!checked.ok || !SLACK_HOSTS.includes(checked.url.hostname.replace(/\.$/, ''))) return checked;
  const { pathname } = checked.url;
  for (const kind of ['triggers', 'workflows']) {
    if (pathname.startsWith(`/${kind}/`)) {
      const fault = `is a workflow webhook (/${kind}/): create an incoming webhook, whose path begins with /services/`;
      return { ok: false, fault };
    }
  }
  if (!/^\/services\/./.test(pathname)) {
    return { ok: false, fault: 'is not an incoming webhook, whose path begins with /services/' };
  }
  return checked;
}
