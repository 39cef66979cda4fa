import { expect, test } from 'vitest';
import type { LogRecord } from '#core/logs.ts';
import { readAll } from './read-all.ts';
import type { Source } from './read-container.ts';

const sources = (host: string, many: number): Source[] =>
  Array.from({ length: many }, (_, n) => ({ name: `web.${n}`, host, task: `t${n}`, container: `${host}-${n}` }));
const line = ({ name, host, container }: Source): LogRecord => ({
  type: 'line',
  name,
  host,
  at: '',
  stream: 'stdout',
  text: container,
});

test('every container is read once, a few of a host at a time, and all hosts at once', async () => {
  const running = new Map<string, number>();
  let [most, hosts] = [0, 0];
  const read = async (source: Source): Promise<LogRecord[]> => {
    running.set(source.host, (running.get(source.host) ?? 0) + 1);
    most = Math.max(most, ...running.values());
    hosts = Math.max(hosts, [...running.values()].filter((many) => many > 0).length);
    await Promise.resolve();
    running.set(source.host, (running.get(source.host) ?? 0) - 1);
    return [line(source)];
  };
  const all = [...sources('h1', 9), ...sources('h2', 2)];
  const records = await readAll(all, read);
  expect(new Set(records)).toEqual(new Set(all.map(line)));
  expect(records).toHaveLength(all.length);
  expect([most, hosts]).toEqual([4, 2]);
});

test('a host that does not answer is not waited for again, and each of its tasks is told', async () => {
  const asked: string[] = [];
  const read = async ({ name, host, task, container }: Source): Promise<LogRecord[]> => {
    asked.push(container);
    await Promise.resolve();
    return [{ type: 'unseen', name, host, task, reason: 'h1 cannot be reached.', code: 'host_unreachable' }];
  };
  const records = await readAll(sources('h1', 9), read);
  expect(asked).toHaveLength(4);
  expect(new Set(records.map((one) => (one.type === 'unseen' ? one.task : null)))).toEqual(
    new Set(sources('h1', 9).map(({ task }) => task)),
  );
});
