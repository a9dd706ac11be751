import { SyncAlertsError } from '../lambda/errors.ts';
import { isDryRun, isPosting } from './command-line.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { printHelp } from './help-text.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { type Printer, printerFor, type Run } from './printer.ts';
import type { Process } from './process.ts';
import { runCheck } from './run-check.ts';
import { runDemo } from './run-demo.ts';
import { runReport } from './run-report.ts';
import { runSilences } from './run-silences.ts';
import { runTest } from './run-test.ts';
import { isUnconfigured, parseStorySettings, parseWatchSettings } from './settings.ts';
import { unusedProxyText } from './unused-proxy.ts';
import { type Watch, watchOf } from './watch.ts';

/**
 * `npm start`: takes the arguments and the environment, runs the command and prints its result. Returns the exit code.
 * cli/main.ts calls it.
 */
export async function run({ args, environment, stdout, stderr, now }: Process): Promise<ExitCode> {
  const parsed = parseCommandLine({ args, environment }, 'start');
  if (parsed.kind !== 'request') return printHelp(parsed, 'start', { stdout, stderr });
  const { request, isBare } = parsed;
  const isDemo = request.command === 'demo' || (isBare && isUnconfigured(environment));
  const settings = isDemo
    ? parseStorySettings(environment, isPosting(request))
    : parseWatchSettings(environment, isPosting(request));
  if (!settings.ok) {
    const demo = isUnconfigured(environment) ? ['Without a key: npm start -- --demo'] : [];
    stderr.write(`${[...settings.faults, ...demo].join('\n')}\n`);
    return EXIT_CODES.usageError;
  }
  const printer = printerFor({ stdout, stderr, environment }, request);
  const exitCode = await exitCodeOf(printer, () => {
    if (settings.settings.kind === 'story') return runDemo(settings.settings, { printer, request });
    return runCommand(watchOf(settings.settings, now, isDryRun(request)), { printer, request });
  });
  const proxy = exitCode === EXIT_CODES.failure ? unusedProxyText(environment) : undefined;
  if (proxy !== undefined) printer.complaint(proxy);
  return exitCode;
}

/** The exit code of a command, which may also fail by throwing. */
async function exitCodeOf(printer: Printer, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    printer.complaint(error.message);
    return error.code === 'organisation_invalid' ? EXIT_CODES.usageError : EXIT_CODES.failure;
  }
}

function runCommand(watch: Watch, run: Run): Promise<ExitCode> {
  switch (run.request.command) {
    case 'report':
      return runReport(watch, run);
    case 'test':
      return runTest(watch, run);
    case 'check':
      return runCheck(watch, run);
    case 'silence':
    case 'ack':
    case 'silences':
    case 'unsilence':
      return runSilences(watch, run);
    case 'demo':
    case 'event':
      throw new Error(`a watch has no command ${run.request.command}`);
  }
}
