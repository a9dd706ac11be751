/** The exit codes of every command line in this repository. */
export const EXIT_CODES = { success: 0, failure: 1, usageError: 2 } as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** The last line of each help text. */
export const EXIT_CODES_HELP = 'Exit codes: 0 success, 1 failure, 2 usage error.';
