import { BUDGETS } from '../budgets.ts';
import { type Bundle, deployedBundle, floorBundle } from '../bundles.ts';
import { type Section, thousands } from '../row.ts';

/** How many packages the table lists. */
const MAX_PACKAGES = 12;

/** The size of the bundle, by package. */
export const bundleSize: Section = {
  name: 'bundle',
  about: 'size of the bundle by package, against its budget and the two AWS clients',
  run: async () => {
    const ours = await deployedBundle();
    const floor = await floorBundle();
    const packages = [...bytesByPackage(ours)].sort(([, a], [, b]) => b - a).slice(0, MAX_PACKAGES);
    const whole = { what: 'whole', ours: bytesText(ours.bytes) };
    return [
      {
        ...whole,
        against: `budget ${bytesText(BUDGETS.bundleBytes)}`,
        ratio: ours.bytes / BUDGETS.bundleBytes,
      },
      { ...whole, against: `AWS clients ${bytesText(floor.bytes)}`, ratio: ours.bytes / floor.bytes },
      ...packages.map(([name, bytes]) => ({ what: name, ours: bytesText(bytes) })),
    ];
  },
};

function bytesText(bytes: number): string {
  return `${thousands(bytes)} bytes`;
}

function bytesByPackage({ inputs }: Bundle): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = packageOf(path);
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  return bytes;
}

function packageOf(path: string): string {
  const [, inside] = path.split(/.*node_modules\//);
  if (inside === undefined) return 'sync-alerts itself';
  return inside
    .split('/')
    .slice(0, inside.startsWith('@') ? 2 : 1)
    .join('/');
}
