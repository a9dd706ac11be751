/** What may be the matter, as far as it decides what a person does first. */
export const SITUATIONS = [
  'authentication',
  'permission',
  'missing_object',
  'rate_limit',
  'out_of_space',
  'certificate',
  'unreachable',
  'agent_gone',
  'revoked',
  'disabled',
  'nothing_starts',
  'not_started',
  'stuck_run',
  'first_load',
] as const;
export type Situation = (typeof SITUATIONS)[number];

/** A rule of the policy: what to do in a situation, or at an error. An empty text says nothing. */
export interface AdviceRule {
  readonly situation?: Situation;
  /** `*` stands for any characters; compared without regard to case with the error as it is shown. */
  readonly error?: string;
  readonly text: string;
}
