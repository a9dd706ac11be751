import { inOrder, redactedText, secretTexts } from '../../lambda/secret/redaction.ts';

describe('our own secrets in a text', () => {
  it('are removed longest first: a key that begins another one leaves nothing of it', () => {
    expect(redactedText('keys key-of-a, key-of-a-longer', inOrder(['key-of-a', 'key-of-a-longer']))).toBe(
      'keys ***, ***',
    );
  });

  it.each([
    ['1234567', 'x1234567x'],
    ['12345678', 'x***x'],
    ['123456789', 'x***x'],
  ])('are removed from 8 characters on: %s', (secret, redacted) => {
    expect(redactedText(`x${secret}x`, inOrder([secret]))).toBe(redacted);
  });

  it('are the key, each webhook, and the path of each', () => {
    const webhook = 'https://relay.example/services/T0/B0/abc';
    const secrets = secretTexts('the-api-key', [webhook]);
    expect(redactedText(`the-api-key ${webhook} /services/T0/B0/abc test`, secrets)).toBe('*** *** *** test');
  });

  it.each([
    ['https://hc-ping.com/2b6a0000-0000-4000-8000-000000000000', '2b6a0000-0000-4000-8000-000000000000'],
    ['https://nosnch.in/c2354d53d2', 'c2354d53d2'],
    ['https://kuma.acme.example/api/push/AbCd000000?status=up&msg=OK&ping=', 'AbCd000000'],
    ['https://kuma.acme.example/api/push/AbCd000000?status=up&msg=OK&ping=', '?status=up&msg=OK&ping='],
    ['https://uptime.betterstack.com/api/v1/heartbeat/AbCd0000', '/api/v1/heartbeat/AbCd0000'],
  ])('are the heartbeat %s, and of it %s', (url, part) => {
    const secrets = secretTexts('the-api-key', [], url);
    expect(redactedText(`${url} ${part} heartbeat`, secrets)).toBe('*** *** heartbeat');
  });

  it('do not mask the names of syncs when the key is `test`', () => {
    expect(redactedText('latest_orders', secretTexts('test', []))).toBe('latest_orders');
  });
});
