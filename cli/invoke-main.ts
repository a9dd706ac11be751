import { environments } from '../infra/environments.ts';
import { awsCli } from './aws-cli.ts';
import { invoke } from './invoke.ts';

const regionOf = (environment: string) => environments[environment]?.region;

process.exitCode = await invoke(
  process.argv.slice(2),
  awsCli(process.env),
  regionOf,
  process.stdout,
  process.stderr,
);
