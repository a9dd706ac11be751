import { checkWebhookUrl } from '../../lambda/slack/webhook-url.ts';

describe('the URL of an incoming webhook', () => {
  it.each([
    'https://hooks.slack.com/services/T000/B000/XXX',
    'https://hooks.slack-gov.com/services/T000/B000/XXX',
    'https://slack-proxy.example.com/anything',
    'https://notslack.com/api/chat.postMessage',
    'https://slack.com.proxy.example/archives/x',
    'http://127.0.0.1:8080/services/T/B/X',
    'http://localhost:8080/hook',
    'http://[::1]/hook',
  ])('is accepted: %s', (text) => {
    const checked = checkWebhookUrl(text);
    expect(checked.ok && checked.url.href).toBe(text);
  });

  it.each([
    [
      'a workflow trigger',
      'https://hooks.slack.com/triggers/T0/1/marked',
      /\/triggers\/.*create an incoming webhook/,
    ],
    [
      'a workflow',
      'https://hooks.slack.com/workflows/T0/marked',
      /\/workflows\/.*create an incoming webhook/,
    ],
    ['a workflow trigger of GovSlack', 'https://hooks.slack-gov.com/triggers/T0/marked', /\/triggers\//],
    [
      'a workflow trigger with the host in capitals',
      'https://HOOKS.slack.com/triggers/marked',
      /\/triggers\//,
    ],
    [
      'a workflow trigger with a dot after the host',
      'https://hooks.slack.com./triggers/marked',
      /\/triggers\//,
    ],
    ['a path that leaves /services/', 'https://hooks.slack.com/services/../triggers/marked', /\/triggers\//],
    ['another path at Slack', 'https://hooks.slack.com/marked', /\/services\//],
    ['a path that only begins like /services', 'https://hooks.slack.com/services-marked/x', /\/services\//],
    ['/services/ without a webhook', 'https://hooks.slack.com/services/', /\/services\//],
    [
      'a method of the Web API',
      'https://slack.com/api/chat.postMessage?token=marked',
      /\/api\/.*create an incoming webhook/,
    ],
    ['a method of the Web API of a team', 'https://team.slack.com/api/marked', /\/api\//],
    [
      'a link to a channel',
      'https://team.slack.com/archives/marked',
      /\/archives\/.*create an incoming webhook/,
    ],
    [
      'a link to a channel of an enterprise',
      'https://a.enterprise.slack.com/archives/marked',
      /\/archives\//,
    ],
    ['a workflow at the host of a team', 'https://team.slack.com/triggers/marked', /\/triggers\//],
    ['a workflow at the main host', 'https://slack.com/workflows/marked', /\/workflows\//],
    ['the Web API of GovSlack', 'https://slack-gov.com/api/marked', /\/api\//],
    ['the client', 'https://app.slack.com/client/T0/marked', /address of Slack.*create an incoming webhook/],
    [
      'the path of a webhook at another host of Slack',
      'https://slack.com/services/T/B/marked',
      /address of Slack/,
    ],
    ['plain http', 'http://hooks.slack.com/services/T/B/marked', /https/],
    ['a user name', 'https://marked@hooks.slack.com/services/T/B/X', /user name/],
    ['text that is not a URL', 'hooks.slack.com/services/T/B/marked', /not a URL/],
  ])('is refused, and not repeated in the fault: %s', (_name, text, fault) => {
    const checked = checkWebhookUrl(text);
    expect(checked.ok ? '' : checked.fault).toMatch(fault);
    expect(JSON.stringify(checked)).not.toContain('marked');
  });
});
