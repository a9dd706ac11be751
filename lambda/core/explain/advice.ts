import { globMatches } from '../matcher.ts';
import type { AdviceRule, Situation } from '../situation.ts';
import type { RunError } from './run-facts.ts';

/**
 * What to do first, by situation. `{connection}`, `{connector}`, `{machine}` and `{source}` become the names that the alert
 * or the alerts have; docs/evidence.md shows the table to those who write a policy.
 */
const ADVICE: Readonly<Record<Situation, string>> = {
  authentication: 'Check the credentials of {connection} on {connector}.',
  permission: 'Grant the user of {connection} access to what it names.',
  missing_object: 'Check whether {source} was renamed or dropped, and whether its user still sees it.',
  rate_limit: 'Run the syncs of {connection} less often, or ask its provider for a higher limit.',
  out_of_space: 'Free space or memory on the machine that the error names.',
  certificate: 'Check the certificates of {connection}, and the TLS settings on {connector}.',
  unreachable: 'Check that the server of {connection} is up, and that {connector} can reach it.',
  agent_gone:
    'Check {machine} and its network: nothing fails, because nothing is started. Rows are late, not lost.',
  revoked:
    'Nothing starts the syncs of {connector}, which is no longer in the organisation: move them to another connector, or pause them.',
  disabled: 'Fix the cause, then enable it in Timbal.',
  nothing_starts: 'Check that {connector} is running: nothing fails, because nothing is started.',
  not_started: 'Start a run by hand in Timbal: {connector} runs its other syncs.',
  stuck_run: 'Check whether the run still moves rows; if not, stop it in Timbal.',
  first_load: 'Let the first load run while its rows grow; else check {connection}.',
};

/** By situation, what an error says of it; the first that matches counts. In lower case. */
const SIGNS: readonly (readonly [Situation, RegExp])[] = [
  ['rate_limit', /\brate.?limit|too many requests|\b429\b|\bquota\b|throttl/],
  [
    'out_of_space',
    /no space left|disk (?:is )?full|out of (?:memory|disk)|unable to extend|insufficient (?:disk|storage)/,
  ],
  ['certificate', /certificate|\b(?:ssl|tls)\b.*(?:error|fail|alert|handshake|protocol|version)|self.signed/],
  [
    'authentication',
    /authentication (?:failed|failure|error|required)|login failed|access denied for user|(?:invalid|bad|wrong|incorrect|expired|unknown) (?:api.?keys?|(?:access |refresh |auth(?:entication)? )?tokens?|credentials?|user ?names?|passwords?|client|grant|signature|session)|invalid_(?:grant|client|token)|unauthenticated|unauthori[sz]ed|\b401\b|(?:token|password|credentials?|key|account|session)\b[^.;]{0,30}(?:expired|revoked|invalid|locked|incorrect|disabled)|logon denied|ora-01017|ora-28000|ora-28001|28p01|\b18456\b|consent.required|no pg_hba/,
  ],
  [
    'permission',
    /permission(?:s)? (?:was )?denied|insufficient (?:privileges?|permissions?|scopes?|rights)|forbidden|\b403\b|not authori[sz]ed|access (?:is |was )?denied|command denied|lacks? [^.;]{0,40}(?:permission|privilege|scope)|does not have [^.;]{0,40}(?:permission|privilege|access)|ora-01031|42501/,
  ],
  [
    'missing_object',
    /(?:relation|table|column|object|view|schema|database|field|property|sheet|collection|dataset|stream|bucket)\b[^;]{0,80}(?:does ?n[o']t exist|does not exist|not found|was not found|is unknown|no longer exists)|unknown (?:column|database|table|field|property)|invalid (?:object|column|identifier)|no such (?:table|column|file|collection|bucket|property)|unable to parse range|\b404\b|ora-00942|ora-00904|42p01|42703|unrecognized name/,
  ],
  [
    'unreachable',
    /could ?n[o']t connect|could not connect|(?:can'?t|cannot|unable to|failed to) (?:connect|establish|open|reach|resolve)|connection (?:was |is )?(?:refused|reset|closed|terminated|aborted|lost|timed out|timeout|attempt failed)|connect(?:ion)? time[d-]? ?out|i\/o timeout|\be(?:connrefused|connreset|timedout|notfound|hostunreach|netunreach|ai_again|pipe)\b|getaddrinfo|name (?:or service|resolution)|translate host name|no route to host|unreachable|closed the connection|gone away|lost connection|communications? link|listener|broken pipe|socket hang up|no such host|establishing a connection|disconnected|closed unexpectedly|(?:host|server|network)\b[^.;]{0,40}(?:not found|timed out|unknown)|\b50[234]\b|service unavailable|bad gateway|gateway time/,
  ],
];

/** The situation that an error speaks of; what it quotes counts only where the rest of it says nothing. */
export function situationOf({
  signature,
  text,
}: Pick<RunError, 'signature' | 'text'>): Situation | undefined {
  const signIn = (words: string) => SIGNS.find(([, sign]) => sign.test(words))?.[0];
  return signIn(signature) ?? signIn(text.toLowerCase());
}

/** The text of the first rule of the policy that fits, else of the table; undefined when there is nothing to say. */
export function adviceFor(
  { situation, error }: { readonly situation: Situation | undefined; readonly error: string | undefined },
  rules: readonly AdviceRule[],
): string | undefined {
  const rule = rules.find(
    (one) =>
      (one.situation === undefined || one.situation === situation) &&
      (one.error === undefined || (error !== undefined && isLike(error, one.error))),
  );
  return (rule === undefined ? situation && ADVICE[situation] : rule.text) || undefined;
}

function isLike(text: string, pattern: string): boolean {
  return globMatches(pattern.toLowerCase(), text.toLowerCase());
}
