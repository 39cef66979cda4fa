import { describe, expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known, unknown } from '../observed.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import type { UnderlayProbe } from '../preflight/probes.ts';
import { evidenceOf, type Side } from '../testing/preflights.ts';
import { judgePreflight } from './preflight.ts';

const three = ['h1', 'h2', 'h3'];
const allPairs = (names: readonly string[]) =>
  new Map(names.map((name) => [name, names.filter((other) => other !== name)]));
const judged = (evidence: PreflightEvidence) =>
  judgePreflight(evidence, allPairs(evidence.hosts.map(({ name }) => name)));

/** Root causes as `id hosts` and, where it is one way, `from→to`. */
const causes = (evidence: PreflightEvidence) =>
  rootCausesOf(judged(evidence).findings).map(({ id, hosts, direction }) =>
    [id, hosts.join(','), direction === undefined ? '' : `${direction.from}→${direction.to}`].filter(Boolean).join(' '),
  );

const lost = (is: (probe: UnderlayProbe) => boolean) => (probe: UnderlayProbe) =>
  is(probe)
    ? { ...probe, result: 'failed' as const, error: 'silent', detail: 'never arrived', source: null, mtu: null }
    : probe;

test('fit hosts give no finding, and every pair is fit', () => {
  const { verdict, findings, pairs } = judged(evidenceOf(three));
  expect({ verdict, findings }).toEqual({ verdict: 'passed', findings: [] });
  expect(pairs.every(({ result }) => result === 'ok')).toBe(true);
});

describe('what the engine and the kernel say', () => {
  test.each([
    ['29.0.0', {}, 'known-bad-engine h2'],
    ['29.1.2', { encrypted: true }, 'known-bad-engine h2'],
    ['25.0.14', {}, ''],
    ['25.0.14', { encrypted: true }, 'known-bad-engine h2'],
  ])('engine %s, wanting %o: %s', (version, wants, expected) => {
    const h2 = ({ engine, system }: Side) => ({
      engine: { ...engine, facts: { ...engine.facts, version } },
      system,
    });
    const found = causes(evidenceOf(three, { wants, facts: { h2 } })).filter((cause) => cause.startsWith('known-bad'));
    // An old release is a note: gossip may stay dead, and is seen before a join.
    expect(found.join()).toBe(expected);
  });

  test('a setting that swarm mode refuses', () => {
    const evidence = evidenceOf(three, {
      facts: {
        h1: ({ engine, system }) => ({ engine: { ...engine, facts: { ...engine.facts, liveRestore: true } }, system }),
        h2: ({ engine, system }) => ({ engine: { ...engine, facts: { ...engine.facts, rootless: true } }, system }),
        h3: ({ engine, system }) => ({ engine: { ...engine, firewall: known('nftables') }, system }),
      },
    });
    expect(causes(evidence)).toEqual(['live-restore-on h1', 'rootless-engine h2', 'nftables-backend h3']);
  });

  test('ip_vs is missed only where a virtual IP is asked for, ESP only where encryption is', () => {
    const facts = Object.fromEntries(
      three.map((name) => [
        name,
        ({ engine, system }: Side) => ({
          engine,
          system: { ...system, features: { ...system.features, ip_vs: known(false), esp: known(false) } },
        }),
      ]),
    );
    expect(causes(evidenceOf(three, { facts }))).toEqual([]);
    expect(causes(evidenceOf(three, { facts, wants: { virtualIps: true, encrypted: true } }))).toEqual([
      'kernel-no-ipvs h1,h2,h3',
      'kernel-no-esp h1,h2,h3',
    ]);
  });
});

describe('machines', () => {
  test('that are copies: the copied node explains its other marks', () => {
    const copy = ({ engine, system }: Side) => ({
      engine: { ...engine, facts: { ...engine.facts, engineId: 'X', swarm: { ...engine.facts.swarm, nodeId: 'n1' } } },
      system: { ...system, machineId: known('same') },
    });
    expect(causes(evidenceOf(three, { facts: { h2: copy, h3: copy } }))).toEqual(['cloned-swarm-state h2,h3']);
  });

  test('whose clock is away from the median, in seconds a warning and in minutes an error', () => {
    const at = (ms: number) =>
      evidenceOf(three, {
        facts: { h3: ({ engine, system }) => ({ engine, system: { ...system, clockOffsetMs: known(ms) } }) },
      });
    expect(judged(at(-8000)).findings).toMatchObject([{ id: 'clock-skew', severity: 'warning', hosts: ['h3'] }]);
    expect(judged(at(1_800_000)).findings).toMatchObject([{ id: 'clock-skew', severity: 'error', hosts: ['h3'] }]);
  });

  test('without room for an image', () => {
    const full = known({ path: '/var/lib/docker', freeBytes: 1000 });
    const h2 = evidenceOf(three, {
      facts: { h2: ({ engine, system }) => ({ engine, system: { ...system, disk: full } }) },
    });
    expect(causes(h2)).toEqual(['disk-full h2']);
  });
});

describe('ranges and ports', () => {
  const routed = (to: string, wants = {}) =>
    evidenceOf(three, {
      wants,
      facts: {
        h2: ({ engine, system }) => ({
          engine,
          system: { ...system, routes: known([{ to, dev: 'tun0', table: '200' }]) },
        }),
      },
    });

  test('a route below a subnet, which explains that it is in the pool too', () => {
    const wants = { subnets: [{ network: 'net', subnet: '10.200.1.0/24' }] };
    expect(causes(routed('10.200.1.0/24', wants))).toEqual(['subnet-overlaps-route h2']);
    expect(causes(routed('10.200.77.0/24', wants))).toEqual(['pool-overlaps-route h2']);
  });

  test('the pool of engines is worth a note where its far end meets the network of the hosts', () => {
    const { findings } = judged(evidenceOf(three, { wants: { addressPools: [] } }));
    expect(findings.map(({ id, severity }) => `${id} ${severity}`)).toEqual(['pool-overlaps-route note']);
  });

  test('a way in from a range that docker_gwbridge will take', () => {
    const evidence = evidenceOf(three, {
      facts: { h1: ({ engine, system }) => ({ engine, system: { ...system, sshFrom: known('172.18.4.1') } }) },
    });
    expect(causes(evidence)).toEqual(['gwbridge-overlaps-route h1']);
  });

  test('ports that somebody else holds, and gossip that engines kept', () => {
    const held = (port: number, program: string, proto: 'tcp' | 'udp' = 'tcp') => ({
      h2: ({ engine, system }: Side) => ({
        engine,
        system: { ...system, ports: known([{ proto, port, address: '*', program }]) },
      }),
    });
    const on = (facts: ReturnType<typeof held>) =>
      causes(evidenceOf(three, { facts, wants: { ports: [{ of: 'web', proto: 'tcp', port: 8080, hosts: three }] } }));
    expect(on(held(7946, 'consul'))).toEqual(['port-7946-taken h2']);
    expect(on(held(7946, 'dockerd'))).toEqual(['gossip-port-held h2']);
    expect(on(held(2377, 'nc'))).toEqual(['port-2377-taken h2']);
    expect(on(held(4789, 'flanneld', 'udp'))).toEqual(['data-port-taken h2']);
    expect(on(held(8080, 'nginx'))).toEqual(['port-taken h2']);
  });

  test('a data port that no program is seen to hold may be what an engine kept, and stops nothing', () => {
    const { findings } = judged(
      evidenceOf(three, {
        facts: {
          h2: ({ engine, system }) => ({
            engine,
            system: { ...system, ports: known([{ proto: 'udp', port: 4789, address: '*', program: null }]) },
          }),
        },
      }),
    );
    expect(findings).toMatchObject([{ id: 'data-port-taken', severity: 'warning', confidence: 'possible' }]);
  });

  test('an overlay that is left of a swarm which an engine has not quite left follows from the gossip that it kept', () => {
    const kept = (program: string | null) =>
      causes(
        evidenceOf(three, {
          facts: {
            h2: ({ engine, system }) => {
              const gossip = { proto: 'tcp' as const, port: 7946, address: '*', program: 'dockerd' };
              const overlay = { proto: 'udp' as const, port: 4789, address: '*', program };
              return { engine, system: { ...system, ports: known([gossip, overlay]) } };
            },
          },
        }),
      );
    expect(kept(null)).toEqual(['gossip-port-held h2']);
    expect(kept('flanneld')).toEqual(['gossip-port-held h2', 'data-port-taken h2']);
  });
});

describe('the network between hosts', () => {
  const onData = ({ probe }: UnderlayProbe) => probe === 'udp-data';

  test('a data port that is closed at one host, in and out or one way', () => {
    const of = (is: (probe: UnderlayProbe) => boolean) => causes(evidenceOf(three, { probes: lost(is) }));
    expect(of((one) => onData(one) && (one.to === 'h2' || one.from === 'h2'))).toEqual(['data-port-blocked h2']);
    expect(of((one) => onData(one) && one.to === 'h2')).toEqual(['data-port-blocked h2 *→h2']);
    expect(of((one) => onData(one) && one.from === 'h3')).toEqual(['data-port-blocked h3 h3→*']);
    expect(of(onData)).toEqual(['data-port-blocked h1,h2,h3']);
  });

  test('4789 alone that vanishes with no rule in sight is eaten; another port that does is closed', () => {
    const probes = lost((one) => onData(one) && (one.to === 'h2' || one.from === 'h2'));
    const firewalls = Object.fromEntries(three.map((name) => [name, known('*filter\n:INPUT ACCEPT [1:1]\nCOMMIT')]));
    expect(causes(evidenceOf(three, { probes, firewalls }))).toEqual(['data-port-eaten h2']);
    expect(causes(evidenceOf(three, { probes, firewalls, wants: { dataPathPort: 7789 } }))).toEqual([
      'data-port-blocked h2',
    ]);
  });

  test('a rule that counted tells which of two hosts it is', () => {
    const probes = lost((one) => onData(one) && one.from === 'h1' && one.to === 'h2');
    const firewalls = { h2: known('*filter\n[3:90] -A INPUT -s 10.79.0.1/32 -p udp -m udp --dport 4789 -j DROP') };
    expect(causes(evidenceOf(three, { probes, firewalls }))).toEqual(['data-port-blocked h2 h1→h2']);
  });

  test('gossip by TCP, by UDP and by both are three causes', () => {
    const closed = (...names: string[]) =>
      causes(
        evidenceOf(three, {
          probes: lost(({ probe, to, from }) => names.includes(probe) && (to === 'h3' || from === 'h3')),
        }),
      );
    expect(closed('tcp-7946')).toEqual(['gossip-tcp-blocked h3']);
    expect(closed('udp-7946')).toEqual(['gossip-udp-blocked h3']);
    expect(closed('tcp-7946', 'udp-7946')).toEqual(['gossip-blocked h3']);
  });

  test('two faults at two hosts are two causes', () => {
    const probes = lost(
      ({ probe, to }) => (probe === 'udp-data' && to === 'h2') || (probe === 'tcp-7946' && to === 'h3'),
    );
    expect(causes(evidenceOf(three, { probes }))).toEqual(['gossip-tcp-blocked h3 *→h3', 'data-port-blocked h2 *→h2']);
  });

  test('an address that leads nowhere explains that packets come from another one', () => {
    const evidence = evidenceOf(three, {
      probes: (probe) => (probe.to === 'h2' ? lost(() => true)(probe) : probe),
    });
    const far = { advertise: '10.78.255.2', dataPath: '10.78.255.2', mtu: 1500 };
    const told = judged({ ...evidence, addresses: { ...evidence.addresses, h2: far } }).findings;
    expect(told.map(({ id, consequenceOf }) => `${id} ${consequenceOf}`)).toEqual([
      'advertise-address-unreachable null',
      'source-address-differs advertise-address-unreachable',
    ]);
  });

  test('packets that arrive from another address than the one that is advertised', () => {
    const probes = (probe: UnderlayProbe) =>
      probe.from === 'h3' && probe.source !== null ? { ...probe, source: '10.79.0.103' } : probe;
    expect(causes(evidenceOf(three, { probes }))).toEqual(['source-address-differs h3']);
  });

  test('large packets that vanish, and an interface that is too small for them', () => {
    const probes = lost(({ probe, to, from }) => probe === 'udp-large' && (to === 'h2' || from === 'h2'));
    expect(causes(evidenceOf(three, { probes }))).toEqual(['mtu-black-hole h2']);
    const small = known([{ iface: 'eth0', address: '10.79.0.2', prefix: 24, mtu: 1400 }]);
    const facts = {
      h2: ({ engine, system }: Side) => ({
        engine,
        system: { ...system, addresses: small },
      }),
    };
    expect(causes(evidenceOf(three, { probes, facts }))).toEqual(['mtu-too-small h2']);
  });
});

describe('a host that cannot be looked at', () => {
  const unseen = (code: string, reason = 'no') =>
    evidenceOf(three, {
      unseen: { h3: { engine: unknown(reason, code), system: unknown(reason, code) } },
      probes: (probe) =>
        probe.to === 'h3' || probe.from === 'h3' ? { ...probe, result: 'unknown', source: null } : probe,
    });
  /** We do not reach h3, and it answers this probe of h1. */
  function answeringH1(name: UnderlayProbe['probe']): PreflightEvidence {
    const evidence = unseen('host_unreachable');
    const answered = evidence.probes
      .slice(0, 1)
      .map((probe): UnderlayProbe => ({ ...probe, probe: name, from: 'h1', to: 'h3', result: 'ok' }));
    return { ...evidence, probes: [...evidence.probes, ...answered] };
  }

  test.each([
    ['ssh_auth_failed', 'ssh-key-refused h3'],
    ['host_key_changed', 'ssh-host-key-changed h3'],
    ['host_unreachable', 'host-cut-off h3'],
  ])('%s is %s, and its pairs are unknown', (code, expected) => {
    const evidence = unseen(code);
    expect(causes(evidence)).toEqual([expected]);
    const { pairs, verdict } = judged(evidence);
    expect(verdict).toBe('failed');
    expect(pairs.find(({ from, to }) => from === 'h1' && to === 'h3')?.result).toBe('unknown');
    expect(pairs.find(({ from, to }) => from === 'h1' && to === 'h2')?.result).toBe('ok');
  });

  test('that is reached by a command instead of a forwarded stream is worth a note', () => {
    const evidence = evidenceOf(three, {
      facts: { h2: ({ engine, system }) => ({ engine: { ...engine, forwards: false }, system }) },
    });
    const { findings, verdict } = judged(evidence);
    expect(findings).toMatchObject([{ id: 'stream-local-forbidden', severity: 'note', hosts: ['h2'] }]);
    expect(verdict).toBe('passed');
  });

  test('and that others see has its SSH port closed', () => {
    expect(causes(answeringH1('ssh-ping'))).toEqual(['ssh-port-closed h3']);
  });

  test('and whose SSH port is open for others is closed for us alone', () => {
    expect(judged(answeringH1('ssh-tcp')).findings).toMatchObject([
      {
        id: 'ssh-port-closed',
        message: "SSH on h3 answers h1, but not Flotilla's worker.",
        fix: expect.stringContaining('--via h1'),
      },
    ]);
  });
});

test('what could not be seen for lack of a right is told, and never passed', () => {
  const evidence = evidenceOf(three, {
    facts: {
      h1: ({ engine, system }) => ({
        engine,
        system: { ...system, features: { ...system.features, vxlan: unknown('trying it needs root') } },
      }),
    },
  });
  const { checks, findings } = judged(evidence);
  expect(findings).toEqual([]);
  expect(checks.find(({ check, from }) => check === 'kernel vxlan' && from === 'h1')).toMatchObject({
    result: 'skipped',
    detail: 'trying it needs root',
  });
});
