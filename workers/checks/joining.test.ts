import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '#core/errors.ts';
import type { CallOptions } from '../docker/engine.ts';
import { Joining } from './joining.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A prober that joins when it is told to, or is given up. */
function prober(joining: Joining, host: string) {
  const joined = Promise.withResolvers<void>();
  const join = ({ signal }: CallOptions): Promise<void> => {
    signal?.addEventListener('abort', () => joined.reject(new AppError('cancelled', 'given up')));
    return joined.promise;
  };
  const fate = joining.wait(host, join).then(
    () => 'joined',
    (error: unknown) => (error instanceof AppError ? `${error.code}: ${error.message}` : String(error)),
  );
  return { fate, join: joined.resolve, refuse: joined.reject };
}

const givenUp = (host: string, seconds: number): string =>
  `engine_unreachable: The engine on ${host} did not let a probe join its networks within ${seconds} s.`;

test('one that does not join within 8 s is given up', async () => {
  const { fate } = prober(new Joining(4000), 'h1');
  await vi.advanceTimersByTimeAsync(8000);
  expect(await fate).toBe(givenUp('h1', 8));
});

test('after a change it may take as long as the verification waits for names to spread', async () => {
  const joining = new Joining(20_000);
  const [slow, silent] = [prober(joining, 'h1'), prober(joining, 'h2')];
  await vi.advanceTimersByTimeAsync(19_000);
  slow.join();
  expect(await slow.fate).toBe('joined');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await silent.fate).toBe(givenUp('h2', 20));
});

test('while others still join nobody is given up', async () => {
  const joining = new Joining(4000);
  const probers = ['h1', 'h2', 'h3', 'h4'].map((host) => prober(joining, host));
  for (const { join, fate } of probers) {
    await vi.advanceTimersByTimeAsync(7000);
    join();
    expect(await fate).toBe('joined');
  }
});

test('a refusal is told as it is, and nobody waits longer for it', async () => {
  const joining = new Joining(4000);
  const [refused, silent] = [prober(joining, 'h1'), prober(joining, 'h2')];
  await vi.advanceTimersByTimeAsync(7000);
  refused.refuse(new AppError('engine_error', 'no such network'));
  expect(await refused.fate).toBe('engine_error: no such network');
  await vi.advanceTimersByTimeAsync(1000);
  expect(await silent.fate).toBe(givenUp('h2', 8));
});
