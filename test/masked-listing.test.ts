import { SyncAlertsError } from '../lambda/errors.ts';
import { deadlineIn } from '../lambda/http/deadline.ts';
import { maskedListing } from '../lambda/masked-listing.ts';
import type { Listed } from '../lambda/timbal/listing.ts';

const REQUESTED_AT = 1;
const TRIED = 'GET https://api.timbal.ai/orgs/acme/connectors/syncs';

describe('a masked listing', () => {
  it('holds the records without what is masked, at any depth, and everything else as it was', async () => {
    const records = [
      { id: 1, name: 'orders', disabled_reason: 'refused: s3cret', enabled: false, cursor_column: null },
      { id: 2, sources: [{ table: 's3cret.orders' }] },
      's3cret',
      null,
    ];
    expect(await listedMasked({ ok: true, requestedAt: REQUESTED_AT, records, tried: TRIED })).toEqual({
      ok: true,
      requestedAt: REQUESTED_AT,
      records: [
        { id: 1, name: 'orders', disabled_reason: 'refused: ***', enabled: false, cursor_column: null },
        { id: 2, sources: [{ table: '***.orders' }] },
        '***',
        null,
      ],
      tried: TRIED,
    });
  });

  it('says why it failed without what is masked', async () => {
    const error = new SyncAlertsError('listing_failed', 'cannot list: got 400 (s3cret)');
    const listed = await listedMasked({
      ok: false,
      requestedAt: REQUESTED_AT,
      blindness: { kind: 'failed', tried: TRIED, cameBack: '400 (s3cret)' },
      error,
    });
    expect(listed).toMatchObject({
      blindness: { kind: 'failed', tried: TRIED, cameBack: '400 (***)' },
      error: { code: 'listing_failed', message: 'cannot list: got 400 (***)' },
    });
  });
});

function listedMasked(listed: Listed): Promise<Listed> {
  const listing = maskedListing({ list: async () => listed }, (text) => text.replaceAll('s3cret', '***'));
  return listing.list(deadlineIn(1));
}
