import { expect, test } from 'vitest';
import type { ProbeCheck } from '../probe/protocol.ts';
import type { PlannedCheck } from './planned-check.ts';
import { runRound } from './run-round.ts';

const to = { to: 'h2', network: 'net', from: 'h1' };
const ping = { kind: 'ping' as const, host: '10.200.1.2' };
const checks: PlannedCheck[] = [
  { ...to, level: 'L4', check: 'ping', target: ping.host, ask: ping },
  { ...to, level: 'L4', check: 'ping-large', target: ping.host, ask: { ...ping, size: 1422, df: true } },
  { ...to, level: 'L5', check: 'bulk', target: ping.host, ask: { kind: 'bulk', host: ping.host, port: 1, nonce: 'n' } },
];

/** A prober whose attempts answer as they are listed, by check; what is not listed passes. */
function proberWith(...failing: string[][]) {
  const asked: string[][] = [];
  const nameOf = ({ id }: ProbeCheck): string => checks[Number(id)]?.check ?? '';
  const run = (asks: ProbeCheck[]): Promise<string> => {
    const fails = failing[asked.push(asks.map(nameOf)) - 1] ?? [];
    const lines = asks.map((ask) => {
      const status = fails.includes(nameOf(ask)) ? 'fail' : 'ok';
      return JSON.stringify({ event: 'check', id: ask.id, kind: ask.kind, status, detail: status, ms: null });
    });
    return Promise.resolve(lines.join('\n'));
  };
  const prober = { host: 'h1', id: 'p', name: 'p', places: [], run, exec: nothing, remove: nothing };
  return { asked, started: { vantage: { host: 'h1', kind: 'host' as const }, prober } };
}

const nothing = (): Promise<void> => Promise.resolve();
const resultsOf = async (started: Parameters<typeof runRound>[0]) => {
  const results = await runRound(started, checks, { settleMs: 1000, away: new Map() });
  return results.map(({ check, result }) => `${check} ${result}`);
};

test('what passes is asked once', async () => {
  const { asked, started } = proberWith();
  expect(await resultsOf(started)).toEqual(['ping ok', 'ping-large ok', 'bulk ok']);
  expect(asked).toEqual([['ping', 'ping-large', 'bulk']]);
});

test('a large packet that was drowned is asked for alone, and the rest after it', async () => {
  const { asked, started } = proberWith(['ping-large', 'bulk']);
  expect(await resultsOf(started)).toEqual(['ping ok', 'ping-large ok', 'bulk ok']);
  expect(asked).toEqual([['ping', 'ping-large', 'bulk'], ['ping-large'], ['bulk']]);
});

test('where large packets are lost again, a megabyte of them is not sent once more', async () => {
  const { asked, started } = proberWith(['ping-large', 'bulk'], ['ping-large'], ['ping-large']);
  expect(await resultsOf(started)).toEqual(['ping ok', 'ping-large failed', 'bulk failed']);
  expect(asked.slice(1)).toEqual([['ping-large'], ['ping-large']]);
});

test('where small packets are lost, nothing else is asked again', async () => {
  const { asked, started } = proberWith(['ping', 'ping-large', 'bulk'], ['ping'], ['ping']);
  expect(await resultsOf(started)).toEqual(['ping failed', 'ping-large failed', 'bulk failed']);
  expect(asked.slice(1)).toEqual([['ping'], ['ping']]);
});

test('a large packet that was lost while all were is asked for once small ones pass, however late', async () => {
  const { asked, started } = proberWith(['ping', 'ping-large', 'bulk'], ['ping']);
  expect(await resultsOf(started)).toEqual(['ping ok', 'ping-large ok', 'bulk ok']);
  expect(asked.slice(1)).toEqual([['ping'], ['ping'], ['ping-large'], ['bulk']]);
});
