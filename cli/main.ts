import { run } from './run.ts';

// Whoever has read enough (`npm start | head`) closes the pipe: the rest is for nobody, and the run is as good as any.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), process.env, process.stdout, process.stderr, Date.now);
