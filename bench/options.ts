import { parseArgs } from 'node:util';

/** What a run of the benchmark measures, or why its command line cannot be understood. */
export type BenchOptions =
  | {
      readonly ok: true;
      readonly help: boolean;
      readonly json: boolean;
      /** How often everything that is compared is measured. */
      readonly rounds: number;
      /** The names of the sections that were asked for; empty: all that are not on demand. */
      readonly sections: readonly string[];
    }
  | { readonly ok: false; readonly fault: string };

/** @param known The names of all sections. */
export function parseBenchOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '15' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (!/^[1-9]\d{0,2}$/.test(values.rounds)) {
      return { ok: false, fault: `--rounds: expected a whole number from 1 to 999, got "${values.rounds}"` };
    }
    const unknown = positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) return { ok: false, fault: `there is no section "${unknown}"` };
    const { help, json } = values;
    return { ok: true, help, json, rounds: Number(values.rounds), sections: positionals };
  } catch (error) {
    return { ok: false, fault: error instanceof Error ? error.message : String(error) };
  }
}
