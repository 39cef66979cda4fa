/** What the shell says of a program that was stopped by Ctrl-C. */
const interruptedCode = 130;

/**
 * Runs what makes hosts and takes them down again at its end. A signal to stop ends it early, and it still takes them
 * down. Gives the exit code.
 */
export async function interruptible(run: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new Error('interrupted'));
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await run(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error('Interrupted; everything was taken down.');
    return interruptedCode;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
