import fc from 'fast-check';
import { recordRedaction } from '../../lambda/timbal/redacted-record.ts';
import { answersJson, closeLocalServers, localServer } from '../http/local-server.ts';
import { list } from './a-listing.ts';

const redact = (text: string) => text.replaceAll('s3cret', '***');

/** The record as it comes out of a batch that has nothing else. */
function redactedRecord(record: unknown): unknown {
  return recordRedaction(JSON.stringify(record), redact)(record);
}

describe('a redacted record', () => {
  it('has its texts without the secret, and everything else as it came', () => {
    const record = {
      id: 's3cret',
      name: 'orders',
      disabled_reason: 'refused: s3cret',
      enabled: false,
      cursor: { deep: 1 },
      cursor_column: null,
    };
    expect(redactedRecord(record)).toEqual({
      ...record,
      id: '***',
      disabled_reason: 'refused: ***',
    });
    expect(record.disabled_reason).toBe('refused: s3cret');
  });

  it('has no credentials of others in its free texts, and its ids as they came', () => {
    const dsn = 'postgres://app:hunter2@db/shop';
    const record = {
      id: 'key=1',
      name: `orders of ${dsn}`,
      disabled_reason: `cannot connect: ${dsn}`,
      last_state: 'failed: password=hunter2',
      connection_ref: dsn,
    };
    expect(redactedRecord(record)).toEqual({
      id: 'key=1',
      name: 'orders of postgres://***@db/shop',
      disabled_reason: 'cannot connect: postgres://***@db/shop',
      last_state: 'failed: password=***',
      connection_ref: 'postgres://***@db/shop',
    });
  });

  it('has no credentials of others in a URL, in any field', () => {
    const record = {
      id: 'postgres://app:hunter2@db/1',
      kb_uid: 'postgres://app:hunter2@db/2',
      connector_id: 'https://box.example/key=1',
      source_kind: 'password=1',
    };
    expect(redactedRecord(record)).toEqual({
      id: 'postgres://***@db/1',
      kb_uid: 'postgres://***@db/2',
      connector_id: 'https://box.example/key=***',
      source_kind: 'password=1',
    });
  });

  it('is the record itself when that holds no secret', () => {
    const record = { id: 1, name: 'orders', last_state: null };
    expect(redactedRecord(record)).toBe(record);
  });

  it.each([[null], [7], ['s3cret'], [['s3cret']]])('is %j itself, which is not an object', (record) => {
    expect(redactedRecord(record)).toBe(record);
  });

  it('may be nested 100,000 levels deep', () => {
    let deep: unknown = [];
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    const redacted = recordRedaction('"s3cret"', redact);
    expect(redacted({ name: 'orders s3cret', deep })).toMatchObject({ name: 'orders ***' });
  });

  it('has no secret either that its text writes with escapes', () => {
    const text = '{"id":"\\u00733cret","kb_uid":"https:\\/\\/a:b@c"}';
    expect(recordRedaction(text, redact)(JSON.parse(text))).toEqual({ id: '***', kb_uid: 'https://***@c' });
  });

  const part = fc.constantFrom(
    's3cret',
    'postgres://a:b@c/d',
    'key=1',
    '\\',
    '"',
    '//',
    'orders',
    'é',
    '\n',
    '/',
  );
  const value = fc.oneof(
    fc.array(part, { maxLength: 4 }).map((parts) => parts.join('')),
    fc.constantFrom(1, null, true),
  );
  const records = fc.array(
    fc.dictionary(fc.constantFrom('id', 'name', 'kb_uid', 'last_state', 'disabled_reason'), value),
    { maxLength: 3 },
  );

  it('is the same whatever else is in its text', () => {
    fc.assert(
      fc.property(records, (batch) => {
        // A text with a backslash proves nothing about the values in it.
        const alone = recordRedaction('\\', redact);
        const together = recordRedaction(JSON.stringify(batch), redact);
        expect(batch.map(together)).toEqual(batch.map(alone));
      }),
    );
  });
});

describe('a listing with a redaction', () => {
  afterEach(closeLocalServers);

  it('redacts the texts of its records', async () => {
    const server = await localServer(answersJson(200, { syncs: [{ id: 1, name: 'orders s3cret' }] }));
    expect(await list(server, { redact })).toMatchObject({ syncs: [{ labels: { name: 'orders ***' } }] });
  });

  it('redacts the failure and the error of a listing that failed', async () => {
    const server = await localServer(answersJson(400, { message: 's3cret' }));
    expect(await list(server, { redact })).toMatchObject({
      failure: { kind: 'failed', received: '400 Bad Request (***)' },
      error: { code: 'listing_failed', message: expect.stringContaining('received 400 Bad Request (***)') },
    });
  });
});
