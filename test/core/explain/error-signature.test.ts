import { errorSignature } from '../../../lambda/core/explain/error-signature.ts';

describe('the signature of an error', () => {
  it.each([
    ['relation "orders" does not exist', 'relation <name> does not exist'],
    ['permission denied for schema public', 'permission denied for schema <name>'],
    ['timeout after 30 s', 'timeout after <n>'],
    ['timeout after 2.5 minutes', 'timeout after <n>'],
    ['at 2026-11-24T03:55:01.2Z: lock', 'at <date>: lock'],
    ['GET https://api.example.com/v1/x?page=2 failed', 'get <name> failed'],
    ['connect ECONNREFUSED 10.0.0.1:5432', 'connect econnrefused <name>'],
    ['cannot read /var/lib/data/file.csv', 'cannot read <name>'],
    ['job 7d444840-9dc0-11d1-b245-5ffdce74fad2 died', 'job <name> died'],
    ['connection refused', 'connection refused'],
    ['the table is locked', 'the table is locked'],
  ])('of %j is %j', (text, signature) => expect(errorSignature(text)).toBe(signature));

  it.each([
    ['HTTP 401 Unauthorized', 'HTTP 503 Unauthorized'],
    ['Request failed with status code 404', 'Request failed with status code 500'],
    ['ORA-00942: failed', 'ORA-01017: failed'],
    ['ERROR 1045 (28000): failed', 'ERROR 1146 (42S02): failed'],
    ['SQLSTATE 42501', 'SQLSTATE 28P01'],
    ['connect ECONNREFUSED 10.0.0.1', 'connect ETIMEDOUT 10.0.0.1'],
    ['permission denied for schema a', 'permission denied for table a'],
  ])('tells %j from %j', (one, other) => expect(errorSignature(one)).not.toBe(errorSignature(other)));

  it('is at most 200 characters', () => expect(errorSignature('word '.repeat(1000)).length).toBe(199));

  it('takes little time, whatever the text', () => {
    const startedMs = performance.now();
    for (const part of ['a', '1', '"', "'", '\\', 'a.', ':', '/', '=(', 'table ', 'a-1', '0x1f', '::', ' '])
      errorSignature(part.repeat(5000));
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  it('is not confused by characters that are ours', () =>
    expect(errorSignature('a\uE041\uE031b 5')).toBe('ab <n>'));
});
