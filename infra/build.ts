import { analyzeMetafileSync } from 'esbuild';
import { buildFunction } from './function-build.ts';

/**
 * `npm run build`: bundles the function, and prints the bytes of each file in the bundle. `npm run build -- FOLDER`, which
 * the stack runs, bundles it into another folder, and prints nothing.
 */
const [folder] = process.argv.slice(2);
const { bytes, metafile } = await buildFunction(folder ?? 'build/function');
if (folder === undefined) {
  process.stdout.write(`${bytes} bytes, from\n${analyzeMetafileSync(metafile)}\n`);
}
