import { SyncAlertsError } from '../errors.ts';
import { checkBaseUrl } from './base-url.ts';
import { ListingError } from './listing-error.ts';

/** The syncs that a listing covers. */
export interface ListingScope {
  /** https, or http on loopback; may have a path. */
  readonly baseUrl: string;
  readonly organisation: string;
  /** Lists only the syncs of this connector. */
  readonly connectorId?: string;
}

/**
 * The URL of the first page.
 *
 * @throws SyncAlertsError `base_url_invalid`, `organisation_invalid`.
 */
export function listingUrl(scope: ListingScope): URL {
  const url = organisationUrl(scope, '/connectors/syncs');
  if (scope.connectorId !== undefined) url.searchParams.set('connector_id', scope.connectorId);
  return url;
}

/**
 * The URL of something of an organisation, whose id becomes exactly one segment of the path, whatever it contains.
 *
 * @throws SyncAlertsError `base_url_invalid`, `organisation_invalid`.
 */
export function organisationUrl({ baseUrl, organisation }: ListingScope, path: string): URL {
  const base = checkBaseUrl(baseUrl);
  if (!base.ok) {
    const advice = 'set an https URL without query and fragment';
    throw new SyncAlertsError('base_url_invalid', `the base URL of the API ${base.fault}; ${advice}`);
  }
  if (!isPathSegment(organisation)) {
    const problem = `${JSON.stringify(organisation)} is not an organisation id`;
    const advice = 'copy the id from the settings of the Timbal platform';
    throw new SyncAlertsError('organisation_invalid', `${problem}: ${advice}`);
  }
  return new URL(`${base.url.href.replace(/\/+$/, '')}/orgs/${encodeURIComponent(organisation)}${path}`);
}

/** The URL of the page that a token names. */
export function pageUrl(firstPage: URL, token: string): URL {
  const url = new URL(firstPage);
  url.searchParams.set('page_token', token);
  return url;
}

/** @throws ListingError when the key cannot be a header value: the platform's own error would quote it. */
export function listingHeaders(key: string): Headers {
  try {
    return new Headers({
      authorization: `Bearer ${key}`,
      accept: 'application/json',
      'user-agent': 'sync-alerts',
    });
  } catch {
    throw new ListingError({
      kind: 'refused',
      received: 'nothing: the API key contains a character that no header may contain, such as a line break',
      advice: 'store the key again, exactly as it was issued',
    });
  }
}

/** A URL resolves a segment of dots as a step, however it is escaped; half a surrogate pair cannot be escaped. */
export function isPathSegment(id: string): boolean {
  return !/^\.{0,2}$|\p{Surrogate}/u.test(id);
}
