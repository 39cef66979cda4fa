import { expect, test } from 'vitest';
import type { ProbeCheck } from '../probe/protocol.ts';
import { sendOneWay } from './one-way.ts';
import type { Prober } from './probe-container.ts';

const peers = new Map([
  ['h1', ['h2']],
  ['h2', ['h1']],
]);

const line = (event: Record<string, unknown>): string => `${JSON.stringify(event)}\n`;
const heard = (nonce: string): string =>
  line({ event: 'heard', proto: 'udp', port: 39_872, from: '10.200.1.9', fromPort: 40_000, nonce });

interface Ways {
  /** Hosts whose listener tells what it hears only once it has heard itself. */
  slow?: readonly string[];
  /** Hosts whose listener stops telling after it was ready. */
  mute?: readonly string[];
  /** Hosts that nothing from another one reaches. */
  closed?: readonly string[];
}

/** Two probers on one network, each with the other's datagrams in its ears. */
function twoProbers({ slow = [], mute = [], closed = [] }: Ways) {
  const ears = new Map<string, (text: string) => void>();
  const held = new Map<string, string[]>();
  const arrive = (to: string, from: string, nonce: string): void => {
    if (mute.includes(to) || (closed.includes(to) && from !== to)) return;
    const waiting = [...(held.get(to) ?? []), heard(nonce)];
    const isHeld = slow.includes(to) && from !== to;
    held.set(to, isHeld ? waiting : []);
    if (!isHeld) for (const text of waiting) ears.get(to)?.(text);
  };
  const prober = (host: string): Prober => ({
    host,
    id: host,
    name: host,
    places: [{ network: 'net', address: `10.200.1.${host.slice(1)}` }],
    exec: (_argv, _limit, onOutput) => {
      ears.set(host, onOutput);
      onOutput(line({ event: 'ready', protocol: 1, listeners: [] }));
      return new Promise(() => {});
    },
    run: (checks: ProbeCheck[]) => {
      for (const check of checks)
        if (check.kind === 'udp') arrive(`h${check.host.split('.').at(-1)}`, host, check.nonce ?? '');
      return Promise.resolve('');
    },
    remove: () => Promise.resolve(),
  });
  const startedOf = (host: string) => ({ vantage: { host, kind: 'host' as const }, prober: prober(host) });
  return [startedOf('h1'), startedOf('h2')];
}

const told = async (ways: Ways): Promise<string[]> =>
  (await sendOneWay(twoProbers(ways), peers)).map(
    ({ from, to, arrived }) => `${from} ${to} ${arrived ? 'arrived' : 'lost'}`,
  );

test('a datagram that nobody heard is lost, and its way back may pass', async () => {
  expect(await told({ closed: ['h2'] })).toEqual(['h1 h2 lost', 'h2 h1 arrived']);
});

test('what a slow listener heard is waited for: it is not lost', async () => {
  expect(await told({ slow: ['h1', 'h2'] })).toEqual(['h1 h2 arrived', 'h2 h1 arrived']);
});

test('of a listener that does not even tell of itself nothing is said', { timeout: 10_000 }, async () => {
  expect(await told({ mute: ['h2'] })).toEqual(['h2 h1 arrived']);
});
