import '#core/zod-without-jit.ts';
import { runCli, tellFault } from './run.ts';

// `flotilla ops ls | head -1` is no fault: when nobody reads any more, end quietly.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });

// Even a fault ends in a sentence; its stack is for FLOTILLA_DEBUG=1.
process.on('uncaughtException', (error) => process.exit(tellFault(error)));

process.exitCode = await runCli(process.argv.slice(2));
