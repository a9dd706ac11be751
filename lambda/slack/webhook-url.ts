import { type CheckedUrl, checkUrl } from '../http/secure-url.ts';

const SLACK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];

/**
 * An incoming webhook that we can post to. Slack's own stand under `/services/`; its other kinds take other messages and
 * are refused by name. Another host may be a proxy of someone's own, and is accepted. A fault never repeats the URL,
 * which is a secret.
 */
export function checkWebhookUrl(text: string): CheckedUrl {
  const checked = checkUrl(text);
  // A host name may be written with the dot of the root at its end.
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
