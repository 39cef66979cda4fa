import { expect, test } from 'vitest';
import { plainWants } from '#core/preflight/wants.ts';
import type { ProbeCheck, ProbeResult } from '../probe/protocol.ts';
import { askUnderlay, type Target } from './ask-underlay.ts';
import type { Heard } from './session.ts';

interface Ears {
  /** Takes in what is sent to the host. */
  hears: boolean;
  /** Whether its word comes when it is asked whether that was all. */
  tells: boolean;
}

const passed = (id: string, kind: string): ProbeResult => ({
  event: 'check',
  id,
  kind,
  status: 'ok',
  detail: 'left',
  ms: 1,
});

/** Hosts whose datagrams reach each other, and are told of as `ears` has it. */
function targetsOf(ears: Record<string, Ears>): Target[] {
  const heard = new Map(Object.keys(ears).map((host) => [host, new Map<string, Heard>()]));
  const addressOf = (host: string): string => `10.0.0.${host.slice(1)}`;
  const hostAt = (address: string): string => `h${address.split('.').at(-1)}`;
  const listening = [4789, 4790, 7946].map((port) => ({ proto: 'udp' as const, address: '', port }));
  const arrive = (check: ProbeCheck): void => {
    if (check.kind !== 'udp' || ears[hostAt(check.host)]?.hears !== true) return;
    const { nonce, port } = check;
    heard
      .get(hostAt(check.host))
      ?.set(nonce, { event: 'heard', proto: 'udp', port, from: '10.0.0.9', fromPort: 1, nonce });
  };
  return Object.entries(ears).map(([host, { tells }]) => ({
    host,
    address: { advertise: addressOf(host), dataPath: addressOf(host), mtu: 1500 },
    ssh: { address: addressOf(host), port: 22 },
    member: null,
    session: {
      host,
      listening,
      heard: heard.get(host) ?? new Map(),
      ask: (checks) => {
        for (const check of checks) arrive(check);
        return Promise.resolve(new Map(checks.map(({ id, kind }) => [id, passed(id, kind)])));
      },
      hasToldAll: () => Promise.resolve(tells),
      close: () => Promise.resolve(),
    },
  }));
}

async function toward(host: string, ears: Record<string, Ears>): Promise<string[]> {
  const peers = new Map([
    ['h1', ['h2']],
    ['h2', ['h1']],
  ]);
  const probes = await askUnderlay({ targets: targetsOf(ears), peers, wants: { ...plainWants([]), managers: [] } });
  return probes.flatMap(({ probe, to, result, error }) =>
    to === host && probe === 'udp-data' ? [`${result}${error === null ? '' : ` ${error}`}`] : [],
  );
}

test('what a listener did not hear has not arrived, once it has told all', async () => {
  const ears = { h1: { hears: true, tells: true }, h2: { hears: false, tells: true } };
  expect(await toward('h2', ears)).toEqual(['failed silent']);
  expect(await toward('h1', ears)).toEqual(['ok']);
});

test('of a listener whose word does not come it is not known what it heard', async () => {
  expect(await toward('h2', { h1: { hears: true, tells: true }, h2: { hears: false, tells: false } })).toEqual([
    'unknown',
  ]);
});
