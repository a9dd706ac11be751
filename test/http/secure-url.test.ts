import { checkUrl } from '../../lambda/http/secure-url.ts';

describe('a URL', () => {
  it.each([
    'https://api.timbal.ai',
    'https://example.com:8443/path',
    'http://localhost:8080',
    'http://127.0.0.1',
    'http://127.255.255.254:1/path',
    'http://127.1',
    'http://[::1]:9000',
    'https://127.0.0.1',
  ])('may be used: %s', (text) => {
    const checked = checkUrl(text);
    expect(checked.ok && checked.url.href).toBe(new URL(text).href);
  });

  it.each([
    ['plain http elsewhere', 'http://marked.example.com', /https/],
    ['plain http on a private address', 'http://10.0.0.1/marked', /https/],
    ['a name that begins like loopback', 'http://127.0.0.1.marked.com', /https/],
    ['a name that begins like localhost', 'http://localhost.marked.com', /https/],
    ['another scheme', 'ftp://localhost/marked', /https/],
    ['a file', 'file:///marked', /https/],
    ['no URL', 'marked', /not a URL/],
    ['an empty text', '', /not a URL/],
    ['a path alone', '/marked', /not a URL/],
    ['a user name', 'https://marked@example.com', /user name/],
    ['a password', 'https://:marked@example.com', /password/],
  ])('is refused without being repeated: %s', (_name, text, fault) => {
    const checked = checkUrl(text);
    expect(checked.ok ? '' : checked.fault).toMatch(fault);
    expect(JSON.stringify(checked)).not.toContain('marked');
  });
});
