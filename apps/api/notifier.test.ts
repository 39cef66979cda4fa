import { describe, expect, test, vi } from 'vitest';
import { createNotifier } from './notifier.ts';

describe('a watch', () => {
  test('is woken, also by what happened before the wait', async () => {
    const notifier = createNotifier();
    const watch = notifier.watch('op_1');
    notifier.wake(['op_1']);
    await watch.wait(60_000);
    const waiting = watch.wait(60_000);
    notifier.wake(['op_2', 'op_1']);
    await expect(waiting).resolves.toBeUndefined();
    watch.close();
  });

  test('ends after its limit, or when its signal aborts', async () => {
    vi.useFakeTimers();
    try {
      const watch = createNotifier().watch('op_1');
      const limited = watch.wait(2000);
      await vi.advanceTimersByTimeAsync(2000);
      await limited;
      const gone = new AbortController();
      const aborted = watch.wait(60_000, gone.signal);
      gone.abort();
      await aborted;
      await watch.wait(60_000, gone.signal);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('that was closed leaves the others awake', async () => {
    const notifier = createNotifier();
    const first = notifier.watch('op_1');
    const second = notifier.watch('op_1');
    first.close();
    const waiting = second.wait(60_000);
    notifier.wake(['op_1']);
    await expect(waiting).resolves.toBeUndefined();
  });
});
