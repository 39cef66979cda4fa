import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { cluster, demoFormed, show, verification, verify } from './demo.ts';
import { admin, worker, world, worldForEachTest } from './the-world.ts';

const every = 900;
worldForEachTest(async () => {
  await demoFormed(admin, worker);
  const json = { everySeconds: every };
  await unwrap(admin.v1.clusters[':cluster'].schedule.$put({ param: { cluster }, json }));
});

const error = { code: 'verification_failed', message: 'UDP 4789 does not pass from h1 to h2.' };

/** One verification that starts by itself, and how it ends. */
async function nextOne(verdict: 'passed' | 'failed' | 'incomplete'): Promise<string> {
  world.advance(every * 1000);
  await world.api.sweep();
  const query = { kind: 'verify', cluster, state: 'queued' } as const;
  const [due] = (await unwrap(admin.v1.operations.$get({ query }))).items;
  if (due === undefined) throw new Error('nothing was started');
  await worker.take(due.id);
  const ended =
    verdict === 'passed' ? ({ state: 'succeeded', error: null } as const) : ({ state: 'failed', error } as const);
  await worker.tell({ type: 'verification', verification: verification(verdict) }, { type: 'ended', ...ended });
  expect((await show(admin, due.id)).state).toBe(ended.state);
  return due.id;
}

const notices = async () => (await unwrap(admin.v1.notices.$get({ query: {} }))).items.toReversed();
const onRecord = async (action: string) => (await unwrap(admin.v1.audit.$get({ query: { action } }))).items;

describe('a verification that starts by itself', () => {
  test('tells nobody while it passes', async () => {
    await nextOne('passed');
    await nextOne('passed');
    expect(await notices()).toEqual([]);
  });

  test('tells those who may verify once that it does not pass any more, and once that it passes again', async () => {
    await nextOne('passed');
    const first = await nextOne('failed');
    await nextOne('incomplete');
    await nextOne('failed');
    const since = (await show(admin, first)).endedAt ?? '';
    const last = await nextOne('passed');
    await nextOne('passed');
    expect(await notices()).toMatchObject([
      {
        kind: 'verification.broken',
        cluster,
        operation: first,
        message:
          'demo is not proved any more (verify every 15m): UDP 4789 does not pass from h1 to h2. Look: `flotilla reports show demo`.',
      },
      {
        kind: 'verification.recovered',
        operation: last,
        message: `demo is proved again (verify every 15m), after 3 verifications that did not pass, since ${since}.`,
      },
    ]);
    expect(await onRecord('verification.broken')).toMatchObject([{ cluster, operation: first }]);
    expect(await onRecord('verification.recovered')).toMatchObject([{ cluster, details: { failed: 3, since } }]);
  });

  test('tells of the first one there is, where that does not pass', async () => {
    await nextOne('failed');
    expect(await notices()).toMatchObject([{ kind: 'verification.broken' }]);
  });
});

test('a verification that somebody asked for is told by its own answer, and counts for none that starts by itself', async () => {
  await nextOne('passed');
  const { id } = await verify(admin);
  await worker.take(id);
  await worker.tell(
    { type: 'verification', verification: verification('failed') },
    { type: 'ended', state: 'failed', error },
  );
  await nextOne('passed');
  expect(await notices()).toEqual([]);
});
