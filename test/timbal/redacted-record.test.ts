import { redactedRecord } from '../../lambda/timbal/redacted-record.ts';
import { answersJson, closeLocalServers, localServer } from '../http/local-server.ts';
import { list } from './a-listing.ts';

const redact = (text: string) => text.replaceAll('s3cret', '***');

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
    expect(redactedRecord(record, redact)).toEqual({
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
    expect(redactedRecord(record, redact)).toEqual({
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
    expect(redactedRecord(record, redact)).toEqual({
      id: 'postgres://***@db/1',
      kb_uid: 'postgres://***@db/2',
      connector_id: 'https://box.example/key=***',
      source_kind: 'password=1',
    });
  });

  it('is the record itself when that holds no secret', () => {
    const record = { id: 1, name: 'orders', last_state: null };
    expect(redactedRecord(record, redact)).toBe(record);
  });

  it.each([[null], [7], ['s3cret'], [['s3cret']]])('is %j itself, which is not an object', (record) => {
    expect(redactedRecord(record, redact)).toBe(record);
  });

  it('may be nested 100,000 levels deep', () => {
    let deep: unknown = [];
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(redactedRecord({ name: 'orders s3cret', deep }, redact)).toMatchObject({ name: 'orders ***' });
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
