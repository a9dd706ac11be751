import { SyncAlertsError } from '../../lambda/errors.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import type { ListingResult } from '../../lambda/timbal/listing.ts';
import { redactedListing } from '../../lambda/timbal/redacted-listing.ts';

const REQUESTED_AT = 1;
const REQUEST = 'GET https://api.timbal.ai/orgs/acme/connectors/syncs';

describe('a redacted listing', () => {
  it('redacts the texts of its records, and changes nothing else', async () => {
    const records = [
      { id: 1, name: 'orders', disabled_reason: 'refused: s3cret', enabled: false, cursor_column: null },
      { id: 's3cret', cursor: { deep: 1 }, has_cursor: true },
      null,
    ];
    expect(await listRedacted({ ok: true, requestedAt: REQUESTED_AT, records, request: REQUEST })).toEqual({
      ok: true,
      requestedAt: REQUESTED_AT,
      records: [
        { id: 1, name: 'orders', disabled_reason: 'refused: ***', enabled: false, cursor_column: null },
        { id: '***', cursor: { deep: 1 }, has_cursor: true },
        null,
      ],
      request: REQUEST,
    });
  });

  it('redacts a record that is nested 100,000 levels deep', async () => {
    let deep: unknown = [];
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    const records = [{ name: 'orders s3cret', deep }, deep];
    const listed = await listRedacted({ ok: true, requestedAt: REQUESTED_AT, records, request: REQUEST });
    expect(listed).toMatchObject({ ok: true, records: [{ name: 'orders ***' }, {}] });
  });

  it('redacts the failure and the error of a listing that failed', async () => {
    const error = new SyncAlertsError('listing_failed', 'cannot list: received 400 (s3cret)');
    const listed = await listRedacted({
      ok: false,
      requestedAt: REQUESTED_AT,
      failure: { kind: 'failed', request: REQUEST, received: '400 (s3cret)' },
      error,
    });
    expect(listed).toMatchObject({
      failure: { kind: 'failed', request: REQUEST, received: '400 (***)' },
      error: { code: 'listing_failed', message: 'cannot list: received 400 (***)' },
    });
  });
});

function listRedacted(listed: ListingResult): Promise<ListingResult> {
  const listing = redactedListing({ list: async () => listed }, (text) => text.replaceAll('s3cret', '***'));
  return listing.list(deadlineIn(1));
}
