import type { Notifier } from '../notifier.ts';

/** In workerd a request must not wake another, so that readers only look by themselves now and then. */
export const pollOnly: Notifier = {
  wake: () => {},
  watch: () => ({
    wait: (limitMs, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, limitMs);
        signal?.addEventListener('abort', done);
        if (signal?.aborted === true) done();
      }),
    close: () => {},
  }),
};
