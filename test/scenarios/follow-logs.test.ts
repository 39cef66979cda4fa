import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import { until } from '#lab/wait.ts';
import { followService, type Reader } from './support/follow.ts';
import { applied, ended } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';

/** Tasks on three hosts that print numbers, followed over updates and outages: each number once, and none is missing. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'follow-logs', engines: ['20.10', '28.5', '20.10'] });
  await applied(stage.api, specOf('first'));
});
afterAll(async () => stage?.close());

const counting = 'n=0; while true; do n=$((n+1)); echo "$TURN $HOSTNAME $n"; sleep 0.2; done';
const service = (turn: string, deploy: { mode?: 'global'; replicas?: number }) => ({
  image: 'busybox',
  command: ['sh', '-c', counting],
  environment: { TURN: turn },
  networks: ['net'],
  stop_grace_period: '1s',
  deploy: { ...deploy, endpoint_mode: 'dnsrr' as const, update_config: { parallelism: 3 } },
});
/** `web` stays as it is on every host, `moves` is updated. */
const specOf = (turn: string): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {}, h3: {} },
  networks: { net: { attachable: true } },
  services: { web: service('web', { mode: 'global' }), moves: service(turn, { replicas: 3 }) },
  verify: { connectivity: 'none' },
});

/** The numbers of each container, as they came. */
function numbers(reader: Reader, turn: string): number[][] {
  const own = reader.lines((line) => line.text.startsWith(turn)).map((text) => text.split(' '));
  return [...Map.groupBy(own, ([, container]) => container ?? '').values()].map((all) =>
    all.map(([, , n]) => Number(n)),
  );
}
const hasGaps = (all: number[]): boolean => all.some((n, at) => at > 0 && n !== (all[at - 1] ?? 0) + 1);
const told = ({ records }: Reader, type: 'seen' | 'unseen' | 'note' | 'stopped') =>
  records.filter((one) => one.type === type);

async function handshakes(): Promise<number> {
  const headers = { authorization: `Bearer ${stage.flotilla.adminToken ?? ''}` };
  const text = await (await fetch(`${stage.flotilla.url}/metrics`, { headers })).text();
  return [...text.matchAll(/^flotilla_ssh_handshakes_total.* (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

test('lines of all tasks come as they are printed, over one connection to each host', async () => {
  const before = await handshakes();
  const reader = await followService(stage.api, 'web', { tail: 3 });
  await until('there are ten lines of each', () => {
    const all = numbers(reader, 'web');
    return all.length === 3 && all.every(({ length }) => length > 10);
  });
  await reader.leave();
  expect(numbers(reader, 'web').some(hasGaps)).toBe(false);
  expect(await handshakes()).toBe(before);
  expect(await ended(stage.api, { id: reader.operation }, 20_000)).toMatchObject({ state: 'succeeded' });
});

test('tasks that take the place of others are followed from their first line', async () => {
  const reader = await followService(stage.api, 'moves');
  await applied(stage.api, specOf('second'));
  await until('there are lines of all new tasks', () => numbers(reader, 'second').length === 3);
  await until('there are ten lines of each', () => numbers(reader, 'second').every(({ length }) => length > 10));
  await reader.leave();
  const all = [...numbers(reader, 'first'), ...numbers(reader, 'second')];
  expect(all.some(hasGaps)).toBe(false);
  expect(numbers(reader, 'second').map(([first]) => first)).toEqual([1, 1, 1]);
  expect(told(reader, 'unseen')).toEqual([]);
});

test('a host that is cut off is told once, and again when it is back, with all that it printed meanwhile', async () => {
  const h3 = stage.lab.host('h3');
  const reader = await followService(stage.api, 'web');
  await until('there is a line of h3', () => reader.lines(({ host }) => host === 'h3').length > 0);
  await h3.fault('link-down');
  await until('it is told', () => told(reader, 'unseen').length > 0, { limitMs: 60_000 });
  await h3.heal();
  await until('it is back', () => told(reader, 'seen').length > 0, { limitMs: 60_000 });
  const { length } = reader.lines(({ host }) => host === 'h3');
  await until('there are more lines', () => reader.lines(({ host }) => host === 'h3').length > length + 20);
  await reader.leave();
  // A swarm that missed the node for long starts another task there, which is told of as well.
  const unseen = reader.records.flatMap((one) => (one.type === 'unseen' ? [`${one.host} ${one.task}`] : []));
  expect(unseen).toEqual([...new Set(unseen)]);
  expect(unseen).not.toEqual([]);
  expect(unseen.every((one) => one.startsWith('h3 '))).toBe(true);
  expect(numbers(reader, 'web').some(hasGaps)).toBe(false);
});

test('an engine that hangs is told as well, and one that opens no streams is read again and again', async () => {
  const [h1, h2] = [stage.lab.host('h1'), stage.lab.host('h2')];
  await h1.fault('no-stream-local');
  const reader = await followService(stage.api, 'web', { tail: 5 });
  await until(
    'there are lines of all',
    () => new Set(reader.records.map((one) => ('host' in one ? one.host : ''))).size > 2,
  );
  await h2.fault('engine-frozen');
  await until('it is told', () => told(reader, 'unseen').length > 0, { limitMs: 60_000 });
  await h2.heal();
  await until('it is back', () => told(reader, 'seen').length > 0, { limitMs: 60_000 });
  // A swarm that missed the node for long has another task there.
  const of = (name: string): string[] => reader.lines(({ host }) => host === name);
  await until('there are more of each', () => ['h1', 'h2', 'h3'].every((name) => of(name).length > 40));
  await reader.leave();
  await h1.heal();
  expect(numbers(reader, 'web').some(hasGaps)).toBe(false);
});
