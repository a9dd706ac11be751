/** Stands in every value that nobody may see, and nowhere by chance. */
const MARK = 'MUSTxNOTxBExSEEN';

export const API_KEY = `tmbl_${MARK}_first-key-0123456789abcdef`;
export const ROTATED_KEY = `tmbl_${MARK}_second-key-0123456789abcdef`;
/** The part of a webhook's URL that makes it a secret. */
export const WEBHOOK = `${MARK}FirstWebhook0123456789`;
export const ROTATED_WEBHOOK = `${MARK}SecondWebhook0123456789`;

/** The path before it is nobody's business either. */
const TRACES = [MARK, '/services/T0/'];

/** What of the secrets a text gives away. */
export function tracesIn(text: string): readonly string[] {
  return TRACES.filter((trace) => text.includes(trace));
}
