/** Part of every secret value; nothing else contains it. */
const MARKER = 'MUSTxNOTxBExSEEN';

export const API_KEY = `tmbl_${MARKER}_first-key-0123456789abcdef`;
export const ROTATED_KEY = `tmbl_${MARKER}_second-key-0123456789abcdef`;
/** The token in a webhook's URL. */
export const WEBHOOK = `${MARKER}FirstWebhook0123456789`;
export const ROTATED_WEBHOOK = `${MARKER}SecondWebhook0123456789`;

/** The path before the token is secret too. */
const TRACES = [MARKER, '/services/T0/'];

/** The parts of secret values that a text contains. */
export function tracesIn(text: string): readonly string[] {
  return TRACES.filter((trace) => text.includes(trace));
}
