// CDK runs this after esbuild has written the function's bundle (`bundling.ts`). It adds the policy, and makes the source
// map the same on every machine: node finish-bundle.mjs OUTPUT_FOLDER PROJECT_FOLDER POLICY_IN_BASE64
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

const [output, project, policy] = process.argv.slice(2);

writeFileSync(join(output, 'policy.json'), Buffer.from(policy, 'base64'));

// esbuild names sources relative to the output folder, which differs from machine to machine, and so would the hash of the
// asset. Relative to the project the names are the same wherever the checkout, its node_modules and the output folder are.
const mapFile = join(output, 'index.js.map');
const map = JSON.parse(readFileSync(mapFile, 'utf8'));
map.sources = map.sources.map((source) => {
  const path = relative(project, resolve(output, source)).split(sep).join('/');
  return path.replace(/^.*?(?=node_modules\/)/, '');
});
writeFileSync(mapFile, JSON.stringify(map));
