import { checkBaseUrl, DEFAULT_BASE_URL } from '../../lambda/timbal/base-url.ts';

it('the default base URL is https://api.timbal.ai', () => {
  expect(DEFAULT_BASE_URL).toBe('https://api.timbal.ai');
});

describe('a base URL of the API', () => {
  it.each([DEFAULT_BASE_URL, 'https://proxy.example.com/timbal/', 'http://127.0.0.1:8080/api'])(
    'is accepted: %s',
    (text) => {
      expect(checkBaseUrl(text).ok).toBe(true);
    },
  );

  it.each([
    ['a query', 'https://example.com/?marked=1', /query/],
    ['an empty query', 'https://example.com/marked?', /query/],
    ['a fragment', 'https://example.com/#marked', /fragment/],
    ['an empty fragment', 'https://example.com/marked#', /fragment/],
    ['plain http', 'http://marked.example.com', /https/],
  ])('is refused, and not repeated in the fault: %s', (_name, text, fault) => {
    const checked = checkBaseUrl(text);
    expect(checked.ok ? '' : checked.fault).toMatch(fault);
    expect(JSON.stringify(checked)).not.toContain('marked');
  });
});
