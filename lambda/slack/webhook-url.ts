import { type CheckedUrl, checkUrl } from '../http/secure-url.ts';

const SLACK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];

/**
 * An incoming webhook that we can post to. Slack's own stand under `/services/`; its other kinds take other messages and
 * are refused by name. A fault never repeats the URL, which is a secret.
 */
export function checkWebhookUrl(text: string): CheckedUrl {
  const checked = checkUrl(text);
  if (!checked.ok || !SLACK_HOSTS.includes(checked.url.hostname)) return checked;
  const { pathname } = checked.url;
  for (const kind of ['triggers', 'workflows']) {
    if (pathname.startsWith(`/${kind}/`)) {
      const fault = `is a workflow webhook (/${kind}/): create an incoming webhook, whose path begins with /services/`;
      return { ok: false, fault };
    }
  }
  if (!pathname.startsWith('/services/')) {
    return { ok: false, fault: 'is not an incoming webhook: its path does not begin with /services/' };
  }
  return checked;
}
