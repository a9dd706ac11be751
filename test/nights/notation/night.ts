/** Minutes since the midnight (UTC) before a night's first check. */
export type Minute = number;

/** A history as its file tells it. The readers are notation/; world/ lives it and play/ runs checks of it. */
export interface Night {
  readonly title: string;
  /** Who is on call, and what happens to them. */
  readonly story: string;
  /** What these people would want, one wish each. */
  readonly wants: readonly string[];
  readonly expectations: readonly Expectation[];
  /** The midnight that minute 0 is, in milliseconds since the Unix epoch. */
  readonly midnight: number;
  readonly firstCheck: Minute;
  /** No check is later. */
  readonly lastCheck: Minute;
  readonly periodMinutes: number;
  /** The connector whose syncs alone are watched. */
  readonly connectorFilter?: string;
  /** The policy of the first check, as people write it. */
  readonly policy: unknown;
  readonly groups: readonly Group[];
  /** In order of time; those of one minute in the order of the file. */
  readonly events: readonly TimedEvent[];
}

/** Syncs that are alike. What a list of several values gives is dealt out in turn. */
export interface Group {
  readonly names: readonly string[];
  readonly intervalsSeconds: readonly number[];
  readonly connectors: readonly string[];
  readonly connections: readonly string[];
  readonly knowledgeBases: readonly string[];
  /** When the first one runs, and how much later each further one does. @default spread over the interval */
  readonly runsAt?: { readonly first: Minute; readonly stepMinutes: number };
  /** How long a run takes. */
  readonly takesSeconds: number;
  /** How many rows a run moves. */
  readonly rows: number;
  /** How long the first run of a new sync takes. @default `takesSeconds` */
  readonly loadsSeconds?: number;
  readonly createdSecondsAgo: number;
  /** The last success before the story; nothing has run since. @default its last scheduled run */
  readonly lastSuccessSecondsAgo?: number;
  /** The API sends neither `disabled_reason` nor `consecutive_failures`. */
  readonly isOlderApi: boolean;
  /** Each run touches `updated_at`. */
  readonly isTouchedByRuns: boolean;
}

/** Whom an event is about, resolved when it happens. */
export type Subject =
  | { readonly kind: 'everything' }
  | { readonly kind: 'connection' | 'connector' | 'kb' | 'syncs'; readonly names: readonly string[] };

/** How runs of a subject end from now on. */
export type RunResult =
  | { readonly kind: 'works' }
  /** `state`: the word of `last_state`. */
  | { readonly kind: 'fails'; readonly state: string; readonly error: string; readonly which: WhichRuns };

/** Which runs of a sync fail: each one, every n-th, or a random share. */
export type WhichRuns =
  | { readonly kind: 'every'; readonly nth: number }
  | { readonly kind: 'random'; readonly oneIn: number };

export type AgentVerb = 'goes away' | 'comes back' | 'is revoked';

export type PersonVerb = 'pauses' | 'resumes' | 'deletes' | 're-creates' | 'edits' | 'runs';

export type ListingMode =
  | { readonly kind: 'works' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'lacks'; readonly subject: Subject }
  | { readonly kind: 'status'; readonly status: number; readonly message?: string }
  | { readonly kind: 'times_out' }
  | { readonly kind: 'not_json' };

/** `answers_one`: it answers the first message of each check, and no other. */
export type SlackMode = 'works' | 'refuses' | 'silent' | 'answers_one';

/** What happens. */
export type NightEvent =
  | { readonly kind: 'runs'; readonly subject: Subject; readonly result: RunResult }
  | { readonly kind: 'starts_nothing'; readonly subject: Subject }
  | { readonly kind: 'takes'; readonly subject: Subject; readonly seconds: number }
  | { readonly kind: 'agent'; readonly verb: AgentVerb; readonly subject: Subject }
  /** The name that people know of a connector or a knowledge base. */
  | { readonly kind: 'called'; readonly subject: Subject; readonly name: string }
  | { readonly kind: 'person'; readonly verb: PersonVerb; readonly subject: Subject }
  | { readonly kind: 'interval'; readonly subject: Subject; readonly seconds: number }
  | { readonly kind: 'platform_disables'; readonly subject: Subject; readonly reason: string }
  | { readonly kind: 'appear'; readonly group: Group }
  | {
      readonly kind: 'renamed';
      readonly what: 'connection' | 'connector';
      readonly from: string;
      readonly to: string;
    }
  /** `value` undefined: the field is missing; `isReal`: it is as the platform would give it. */
  | {
      readonly kind: 'field';
      readonly field: string;
      readonly subject: Subject;
      readonly value: unknown;
      readonly isReal: boolean;
    }
  | {
      readonly kind: 'silence';
      /** A matcher as people write it; undefined: what is open in the last digest. */
      readonly match?: unknown;
      readonly seconds: number;
    }
  | { readonly kind: 'acknowledge'; readonly subject: Subject }
  | { readonly kind: 'end_silences' }
  | { readonly kind: 'listing'; readonly mode: ListingMode }
  /** Of the destination `default` unless another one of the policy is named. */
  | { readonly kind: 'slack'; readonly mode: SlackMode; readonly destination?: string }
  | { readonly kind: 'policy'; readonly policy: unknown }
  | { readonly kind: 'checks'; readonly run: boolean }
  /** The next check dies while it posts: what it posted is there, and it saves nothing after that. */
  | { readonly kind: 'killed' };

export interface TimedEvent {
  readonly at: Minute;
  /** The number of its line in the file. */
  readonly line: number;
  /** As the file says it, once for all times that it repeats: "every 1d: a person pauses orders". */
  readonly text: string;
  /** Only the first of several repetitions is shown in a transcript. */
  readonly isFirst: boolean;
  readonly event: NightEvent;
}

/** A stretch of a night, both ends included. */
export interface Window {
  readonly from: Minute;
  readonly to: Minute;
}

/** Something that a program can check of what was sent. */
export interface Expectation {
  readonly line: number;
  /** As the file says it. */
  readonly text: string;
  readonly window: Window;
  /** The destination that it is about; absent: all together. */
  readonly destination?: string;
  readonly rule: Rule;
}

export type Rule =
  | { readonly kind: 'messages'; readonly least: number; readonly most: number }
  | {
      readonly kind: 'reads';
      readonly pattern: RegExp;
      readonly where: 'message' | 'push';
      readonly isForbidden: boolean;
    }
  | { readonly kind: 'critical'; readonly isForbidden: boolean }
  /** In each message that has both. */
  | { readonly kind: 'order'; readonly first: RegExp; readonly second: RegExp }
  | { readonly kind: 'held'; readonly mostMinutes: number };
