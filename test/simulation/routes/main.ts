/*
 * In: how many worlds, and the first seed. Out: figures and violations on stdout; exit code 1 with violations.
 * A person calls this as `npx tsx test/simulation/routes/main.ts [WORLDS] [SEED] [story]`.
 */
import { runRouteWorld } from './run-route-world.ts';

const [worlds = '20', first = '1', story] = process.argv.slice(2);
const sum: Record<string, number> = { checks: 0, worlds: 0, 'worlds with a violation': 0 };
for (let seed = Number(first); seed < Number(first) + Number(worlds); seed += 1) {
  const result = await runRouteWorld({ seed, keepsStory: story === 'story' });
  for (const line of result.story) process.stdout.write(`${line}\n`);
  const [violation] = result.violations;
  if (violation !== undefined)
    process.stdout.write(`VIOLATION seed ${seed}: ${violation} (${result.violations.length})\n`);
  const counted = {
    ...result.figures,
    checks: result.checks,
    worlds: 1,
    'worlds with a violation': violation === undefined ? 0 : 1,
  };
  for (const [name, count] of Object.entries(counted)) sum[name] = (sum[name] ?? 0) + count;
}
for (const [name, count] of Object.entries(sum)) process.stdout.write(`${name}: ${count}\n`);
process.exitCode = sum['worlds with a violation'] === 0 ? 0 : 1;
