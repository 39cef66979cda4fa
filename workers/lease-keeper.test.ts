import { expect, test } from 'vitest';
import type { Lease } from '#core/worker-wire.ts';
import { awayMaxMs, LeaseKeeper, type RenewResult } from './lease-keeper.ts';

/** Only what the keeper reads of a lease. */
const lease = (cancelRequested = false): Lease =>
  ({ leaseMs: 30_000, operation: { cancelRequested } }) as unknown as Lease;

function keeperWith(answers: RenewResult[], cancelRequested = false): { keeper: LeaseKeeper; clock: { ms: number } } {
  const clock = { ms: 0 };
  const keeper = new LeaseKeeper({
    lease: lease(cancelRequested),
    renew: () => Promise.resolve(answers.shift() ?? { kind: 'away' }),
    now: () => clock.ms,
  });
  return { keeper, clock };
}

test('while the API is away the holder goes on for 120 s, then stops, and goes on again when it is back', async () => {
  const { keeper, clock } = keeperWith([
    { kind: 'away' },
    { kind: 'away' },
    { kind: 'renewed', cancelRequested: false },
  ]);
  clock.ms = awayMaxMs;
  await keeper.tick();
  expect(keeper.stopReason).toBeNull();
  clock.ms = awayMaxMs + 1;
  expect(keeper.stopReason).toBe('api-away');
  await keeper.tick();
  expect(keeper.stopReason).toBe('api-away');
  await keeper.tick();
  expect(keeper.stopReason).toBeNull();
  keeper.close();
});

test('a lost lease stops the run whatever else was said', async () => {
  const { keeper } = keeperWith([{ kind: 'renewed', cancelRequested: true }, { kind: 'lost' }]);
  await keeper.tick();
  expect(keeper.stopReason).toBe('cancelled');
  await keeper.tick();
  expect(keeper.stopReason).toBe('lease-lost');
  keeper.close();
});

test('a cancellation is told once, however often it is heard of', async () => {
  let told = 0;
  const keeper = new LeaseKeeper({
    lease: lease(),
    renew: () => Promise.resolve({ kind: 'renewed', cancelRequested: true }),
    onCancel: () => (told += 1),
  });
  await keeper.tick();
  keeper.noteCancelRequested();
  await keeper.tick();
  expect(told).toBe(1);
  keeper.close();
});

test('a cancellation that came before the lease is seen at once', () => {
  const { keeper } = keeperWith([], true);
  expect(keeper.stopReason).toBe('cancelled');
  keeper.close();
});
