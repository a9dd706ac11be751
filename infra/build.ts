import { analyzeMetafileSync, buildSync } from 'esbuild';
import { FUNCTION_BUILD, FUNCTION_ENTRY } from './function-build.ts';

/** `npm run build`: bundles the function as the stack does, and prints the bytes of each file in the bundle. */
const { metafile } = buildSync({
  ...FUNCTION_BUILD,
  entryPoints: [FUNCTION_ENTRY],
  outfile: 'build/function/index.js',
  metafile: true,
});
process.stdout.write(`${analyzeMetafileSync(metafile)}\n`);
