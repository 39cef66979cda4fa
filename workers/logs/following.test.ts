import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import type { LogRecord, LogUnseen } from '#core/logs.ts';
import { until } from '#lab/wait.ts';
import { engineThat } from '../testing/local-engine.ts';
import { Following } from './following.ts';
import type { Found } from './service-sources.ts';

const none: Found = { sources: [], unseen: [], notes: [] };
const unseen = (reason: string, code = 'conflict'): LogUnseen => ({
  type: 'unseen',
  name: 'web.2',
  host: 'h2',
  task: 't2',
  reason,
  code,
});
const times = { againMs: 1, retryMs: 1, provenMs: 1, lookMs: 1, pingMs: 1000 };

/** What is told while looks give these answers, of which the last stays. */
async function toldOf(looks: (Found | AppError)[], before: Partial<Parameters<Following['begin']>[1]> = {}) {
  const told: LogRecord[] = [];
  const over = new AbortController();
  await using engine = await engineThat((request, response) => {
    if (request.url?.includes('/logs') === true) return void response.end();
    response.statusCode = 404;
    response.end('{"message":"No such container"}');
  });
  let count = 0;
  const find = async (): Promise<Found> => {
    const look = looks[Math.min(count, looks.length - 1)] ?? none;
    count += 1;
    if (look instanceof AppError) throw look;
    return look;
  };
  const outbox = { add: (record: LogRecord) => void told.push(record), room: async () => {} };
  const following = new Following({
    engineOf: () => engine,
    find,
    outbox,
    signal: over.signal,
    since: '2026-11-28T11:34:00Z',
    times,
  });
  following.begin([], { told: [], over: [], isWithoutManager: false, ...before });
  const run = following.run();
  await until('it has looked often enough', () => count > looks.length + 15);
  over.abort();
  await run;
  return told.map((one) => (one.type === 'note' ? one.text : one.type));
}

test('what cannot be seen is told once, and once when it is seen again', async () => {
  const away = { ...none, unseen: [unseen('h2 cannot be reached.', 'host_unreachable')] };
  const there = { ...none, sources: [{ name: 'web.2', host: 'h2', task: 't2', container: 'c2' }] };
  expect((await toldOf([away, away, away, there])).slice(0, 2)).toEqual(['unseen', 'seen']);
});

test('a task on its way is no news, unless it stays there', async () => {
  const onItsWay = { ...none, unseen: [unseen('it has no container (starting)')] };
  expect(await toldOf([onItsWay, onItsWay, onItsWay, none])).toEqual([]);
  expect(await toldOf(Array.from({ length: 12 }, () => onItsWay))).toEqual(['unseen']);
});

test('a look that fails is told once, with what it means, and that looks succeed again', async () => {
  const gone = new AppError('not_found', 'The swarm of demo has no service web.');
  expect(await toldOf([gone, none, none])).toEqual([]);
  expect(await toldOf([gone, gone, gone, none])).toEqual([
    'The swarm of demo has no service web. It is followed when it is there again.',
    'What there is to follow can be seen again.',
  ]);
  const away = new AppError('engine_unreachable', 'No host answers.');
  expect(await toldOf([away, away])).toEqual([
    'What there is to follow cannot be seen now: No host answers. What is open goes on.',
  ]);
});

test('that no manager answers is told, and when one does; what was over before is not told again', async () => {
  const onHosts = { ...none, notes: ['No manager answers.'] };
  expect(await toldOf([onHosts, onHosts, none])).toEqual([
    expect.stringContaining('may be missed'),
    expect.stringContaining('A manager answers again'),
  ]);
  const former = { name: 'web.2.abc', host: 'h2', task: 't1', container: 'c1' };
  expect(await toldOf([{ ...none, sources: [former] }], { over: [former] })).toEqual([]);
});
