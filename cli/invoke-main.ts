import { environments } from '../infra/environments.ts';
import { awsCli } from './aws-cli.ts';
import { invoke } from './invoke.ts';

// cli/invoke.mjs runs this for `npm run invoke`.
process.exitCode = await invoke(
  {
    args: process.argv.slice(2),
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
  },
  { aws: awsCli(process.env), regionOf: (environment) => environments[environment]?.region },
);
