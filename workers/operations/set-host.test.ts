import { describe, expect, test } from 'vitest';
import type { Machine, SshTarget } from '#core/host.ts';
import type { HostFacts } from '#core/observation.ts';
import { known } from '#core/observed.ts';
import { swarmAddressNote } from '#core/plan/lost-address.ts';
import { hostFacts } from '#core/testing/observations.ts';
import { down, elsewhere, here, nowhere, seen } from '../testing/machines.ts';
import { judgeMoved } from './set-host.ts';

const at = (address: string): SshTarget => ({ address, port: 22, user: 'root', key: 'default', via: null });
const request = (recorded: Machine, force = false) => ({
  kind: 'set-host' as const,
  host: 'h1',
  from: at('10.79.0.1'),
  to: at('10.80.0.1'),
  recorded,
  force,
});

describe('a host that shows its pinned key in the new way', () => {
  test.each([
    ['has the engine on record', here, seen, 'the one on record'],
    ['was never seen before', nowhere, seen, 'no engine was on record'],
  ])('is taken when it %s', (_, recorded, facts, text) => {
    expect(judgeMoved(request(recorded), facts)).toContain(text);
  });

  test('is refused when another engine answers: a copy of its disk shows the same key', () => {
    expect(() => judgeMoved(request(elsewhere), seen)).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: expect.stringMatching(
          /As root@10\.80\.0\.1 another machine answers.*engine engine-old .*engine engine-h1/,
        ),
        done: 'h1 is reached as before, as root@10.79.0.1; nothing was changed on it.',
        next: expect.stringMatching(/node rm h1 --force.*`--force`\.$/),
      }),
    );
  });

  test('is refused when its engine cannot say which machine it is: not seen is not the same', () => {
    expect(() => judgeMoved(request(here), down)).toThrow(expect.objectContaining({ code: 'engine_unreachable' }));
  });

  test('is taken whatever is behind it when that is meant, and it is said what was', () => {
    expect(judgeMoved(request(elsewhere, true), seen)).toContain('another engine');
    expect(judgeMoved(request(here, true), down)).toContain('no engine could be asked');
  });
});

describe('the address that a node advertises', () => {
  const { engine, system } = hostFacts('h1');
  const node = (nodeAddr: string, own: string): HostFacts => ({
    ...hostFacts('h1'),
    engine: { ...engine, swarm: { ...engine.swarm, state: 'active', nodeId: 'node-h1', nodeAddr } },
    system: system.known
      ? known({ ...system.value, addresses: [{ iface: 'eth0', address: own, prefix: 24, mtu: 1500 }] })
      : system,
  });

  test('is another thing than that of SSH, and stays', () => {
    expect(swarmAddressNote('h1', request(here), node('10.79.0.1', '10.79.0.1'))).toContain(
      'goes on advertising 10.79.0.1',
    );
    expect(swarmAddressNote('h1', request(here), node('10.80.0.1', '10.80.0.1'))).toBeNull();
    expect(swarmAddressNote('h1', request(here), hostFacts('h1'))).toBeNull();
  });

  test('is lost when the machine was renumbered, which takes a new join', () => {
    const note = swarmAddressNote('h1', request(here), node('10.79.0.1', '10.80.0.1'));
    expect(note).toMatch(
      /advertises 10\.79\.0\.1 in the swarm, which is no address of it any more \(it has 10\.80\.0\.1\)/,
    );
    expect(note).toContain('`flotilla node rm h1`, then `flotilla node add h1`');
  });
});
