import { SyncAlertsError } from '../../lambda/errors.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import type { ListingResult } from '../../lambda/timbal/listing.ts';
import { redactedListing } from '../../lambda/timbal/redacted-listing.ts';

const REQUESTED_AT = 1;
const TRIED = 'GET https://api.timbal.ai/orgs/acme/connectors/syncs';

describe('a masked listing', () => {
  it('holds the texts of its records without what is masked, and everything else as it was', async () => {
    const records = [
      { id: 1, name: 'orders', disabled_reason: 'refused: s3cret', enabled: false, cursor_column: null },
      { id: 's3cret', cursor: { deep: 1 }, has_cursor: true },
      null,
    ];
    expect(await listedMasked({ ok: true, requestedAt: REQUESTED_AT, records, request: TRIED })).toEqual({
      ok: true,
      requestedAt: REQUESTED_AT,
      records: [
        { id: 1, name: 'orders', disabled_reason: 'refused: ***', enabled: false, cursor_column: null },
        { id: '***', cursor: { deep: 1 }, has_cursor: true },
        null,
      ],
      request: TRIED,
    });
  });

  it('takes a record however deep it is', async () => {
    let deep: unknown = [];
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    const records = [{ name: 'orders s3cret', deep }, deep];
    const listed = await listedMasked({ ok: true, requestedAt: REQUESTED_AT, records, request: TRIED });
    expect(listed).toMatchObject({ ok: true, records: [{ name: 'orders ***' }, {}] });
  });

  it('says why it failed without what is masked', async () => {
    const error = new SyncAlertsError('listing_failed', 'cannot list: got 400 (s3cret)');
    const listed = await listedMasked({
      ok: false,
      requestedAt: REQUESTED_AT,
      failure: { kind: 'failed', request: TRIED, received: '400 (s3cret)' },
      error,
    });
    expect(listed).toMatchObject({
      failure: { kind: 'failed', request: TRIED, received: '400 (***)' },
      error: { code: 'listing_failed', message: 'cannot list: got 400 (***)' },
    });
  });
});

function listedMasked(listed: ListingResult): Promise<ListingResult> {
  const listing = redactedListing({ list: async () => listed }, (text) => text.replaceAll('s3cret', '***'));
  return listing.list(deadlineIn(1));
}
