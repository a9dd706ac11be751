import { execFileSync } from 'node:child_process';
import * as v from 'valibot';
import { passBundle } from '../bundles.ts';
import { comparedRow, median, milliseconds, type Row, type Section, thousands } from '../row.ts';

const SYNCS = [100, 1000, 10_000, 100_000] as const;
const UNHEALTHY = [0, 0.01, 1] as const;
/** Each process passes over about as many syncs, so that small listings are not measured while V8 still compiles. */
const SYNCS_PER_PROCESS = 700_000;
const [MIN_ROUNDS, MAX_ROUNDS] = [7, 400];

const roundSchema = v.object({
  parseMs: v.number(),
  passMs: v.number(),
  encodeMs: v.number(),
  decodeMs: v.number(),
  stateBytes: v.number(),
});

/** From the bytes of a listing to the Slack messages, redaction included. The state is measured apart. */
export const purePass: Section = {
  name: 'pure-pass',
  about: 'from the bytes of a listing to the messages, against JSON.parse of the same bytes; the state apart',
  run: async ({ node, progress }) => {
    const file = await passBundle();
    const rows: Row[] = [];
    for (const unhealthy of UNHEALTHY) {
      for (const syncs of SYNCS) {
        const what = `${thousands(syncs)} syncs, ${unhealthy * 100} % unhealthy`;
        progress(`pure-pass: ${what}`);
        const count = Math.min(MAX_ROUNDS, Math.max(MIN_ROUNDS, Math.round(SYNCS_PER_PROCESS / syncs)));
        const args = [file, String(syncs), String(unhealthy), String(count)];
        const lines = execFileSync(node, args, { encoding: 'utf8' }).trim().split('\n');
        const rounds = lines.map((line) => v.parse(roundSchema, JSON.parse(line)));
        const all = (figure: keyof (typeof rounds)[number]) => rounds.map((round) => round[figure]);
        rows.push(comparedRow(what, { ours: all('passMs'), other: all('parseMs'), against: 'JSON.parse' }));
        if (unhealthy === 0) continue;
        rows.push({
          what: `its state, ${thousands(Math.ceil(median(all('stateBytes')) / 1024))} KB`,
          ours: `${milliseconds(median(all('encodeMs')))} to encode, ${milliseconds(median(all('decodeMs')))} to decode`,
        });
      }
    }
    return rows;
  },
};
