import { run } from './run.ts';

// cli/start.mjs runs this for `npm start`. `npm start | head` closes the pipe early: that is no reason to fail.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run({
  args: process.argv.slice(2),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
});
