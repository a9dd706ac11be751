import { checkUrl } from '../../lambda/http/secure-url.ts';

describe('a URL to send secrets to', () => {
  it.each([
    'https://api.timbal.ai',
    'https://example.com:8443/path',
    'http://localhost:8080',
    'http://127.0.0.1',
    'http://127.255.255.254:1/path',
    'http://127.1',
    'http://[::1]:9000',
    'https://127.0.0.1',
  ])('is accepted: %s', (text) => {
    const checked = checkUrl(text);
    expect(checked.ok && checked.url.href).toBe(new URL(text).href);
  });

  it.each([
    ['plain http to a public host', 'http://marked.example.com', /https/],
    ['plain http to a private address', 'http://10.0.0.1/marked', /https/],
    ['a host name that begins like a loopback address', 'http://127.0.0.1.marked.com', /https/],
    ['a host name that begins like localhost', 'http://localhost.marked.com', /https/],
    ['another scheme', 'ftp://localhost/marked', /https/],
    ['a file URL', 'file:///marked', /https/],
    ['text that is not a URL', 'marked', /not a URL/],
    ['an empty text', '', /not a URL/],
    ['only a path', '/marked', /not a URL/],
    ['a user name', 'https://marked@example.com', /user name/],
    ['a password', 'https://:marked@example.com', /password/],
  ])('is refused, and not repeated in the fault: %s', (_name, text, fault) => {
    const checked = checkUrl(text);
    expect(checked.ok ? '' : checked.fault).toMatch(fault);
    expect(JSON.stringify(checked)).not.toContain('marked');
  });
});
