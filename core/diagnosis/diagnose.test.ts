import { describe, expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known, unknown } from '../observed.ts';
import {
  addressOf,
  between,
  checkOf,
  evidenceOf,
  hostNames,
  lookAt,
  overlay,
  rule,
  serviceOf,
  silentHost,
  symptomsOf,
} from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';
import type { Symptoms } from './symptoms.ts';

/** Root causes as `id hosts from>to`, in order. */
const causes = (symptoms: Symptoms): string[] =>
  rootCausesOf(diagnose(symptoms)).map(({ id, hosts, direction }) =>
    [id, hosts.join('+'), ...(direction === undefined ? [] : [`${direction.from}>${direction.to}`])].join(' ').trim(),
  );

const isAt = (host: string) => (from: string, to: string) => from === host || to === host;
const never = (): boolean => false;

const hostsWith = (more: Record<string, ReturnType<typeof lookAt>>): Symptoms['hosts'] => ({
  ...symptomsOf().hosts,
  ...more,
});

test('where everything passes there is no finding', () => {
  expect(diagnose(symptomsOf({ checks: between('ping', never) }))).toEqual([]);
});

describe('the data path', () => {
  const lost = between('ping', isAt('h2'));
  const oneWay = (arrives: (from: string, to: string) => boolean) =>
    hostNames.flatMap((from) =>
      hostNames.filter((to) => to !== from).map((to) => ({ network: 'net', from, to, arrived: arrives(from, to) })),
    );

  test('a rule that drops what comes in names its host, though echoes are lost both ways', () => {
    const hosts = hostsWith({ h2: lookAt('h2', { firewall: known(rule('INPUT', '-p udp --dport 4789')) }) });
    const [finding, ...more] = diagnose(
      symptomsOf({ checks: lost, hosts, evidence: evidenceOf({ oneWay: oneWay((_, to) => to !== 'h2') }) }),
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'data-port-blocked', hosts: ['h2'], confidence: 'certain' });
    expect(finding?.message).toBe('UDP 4789, the data path of overlays, does not pass into h2 (h1, h3).');
    expect(finding?.evidence[0]).toBe('h2: -A INPUT -p udp --dport 4789 -j DROP (7 packets dropped)');
    expect(finding?.fix).toContain('any port 4789');
  });

  test('rejected is the same cause, and the evidence says so', () => {
    const hosts = hostsWith({ h2: lookAt('h2', { firewall: known(rule('OUTPUT', '-p udp --dport 4789', 'REJECT')) }) });
    const [finding] = diagnose(symptomsOf({ checks: lost, hosts, evidence: evidenceOf() }));
    expect(finding?.id).toBe('data-port-blocked');
    expect(finding?.evidence[0]).toContain('packets rejected');
  });

  test('without rules, single datagrams tell the host that nothing reaches', () => {
    const evidence = evidenceOf({ oneWay: oneWay((_, to) => to !== 'h2') });
    expect(causes(symptomsOf({ checks: lost, evidence }))).toEqual(['data-port-blocked h2 *>h2']);
  });

  test('one direction of one pair is told as that', () => {
    const checks = between('ping', (from, to) => [from, to].toSorted().join('') === 'h1h2');
    const evidence = evidenceOf({ oneWay: oneWay((from, to) => !(from === 'h1' && to === 'h2')) });
    expect(causes(symptomsOf({ checks, evidence }))).toEqual(['data-port-blocked h1+h2 h1>h2']);
    const filter = rule('INPUT', `-s ${addressOf('h1')}/32 -p udp --dport 4789`);
    const hosts = hostsWith({ h2: lookAt('h2', { firewall: known(filter) }) });
    expect(causes(symptomsOf({ checks, evidence, hosts }))).toEqual(['data-port-blocked h2 h1>h2']);
    // Only echoes: the rule explains the way back as well.
    expect(causes(symptomsOf({ checks, hosts, evidence: evidenceOf() }))).toEqual(['data-port-blocked h2 h1>h2']);
  });

  test('packets that arrive at a host and not in its overlay are stopped there, though no rule was seen', () => {
    const checks = between('ping', (from, to) => [from, to].toSorted().join('') === 'h1h2');
    const captured = { h2: known([{ from: addressOf('h1'), to: addressOf('h2'), packets: 3 }]) };
    const evidence = evidenceOf({ oneWay: oneWay((from, to) => !(from === 'h1' && to === 'h2')), captured });
    expect(causes(symptomsOf({ checks, evidence }))).toEqual(['data-port-blocked h2 h1>h2']);
  });

  test('all that fails to all is the port between them, not one host', () => {
    const symptoms = symptomsOf({ checks: between('ping', () => true), evidence: evidenceOf() });
    expect(causes(symptoms)).toEqual(['data-port-blocked h1+h2+h3']);
  });

  test('another port passes, no rule of any host stops it: the network eats it', () => {
    const underlay = between('control-udp', never);
    const symptoms = symptomsOf({ checks: between('ping', () => true), evidence: evidenceOf({ underlay }) });
    expect(causes(symptoms)).toEqual(['data-port-eaten h1+h2+h3']);
  });

  test('the port of the swarm is named where it is not the usual one', () => {
    const swarm = known({ dataPathPort: 7789, networks: [overlay('net')], nodes: [] });
    const firewall = known(`:INPUT DROP [40:4000]\n[9:9] -A INPUT -p udp --dport 4789 -j ACCEPT`);
    const hosts = hostsWith({ h2: lookAt('h2', { firewall }) });
    const [finding] = diagnose(symptomsOf({ checks: lost, swarm, hosts, evidence: evidenceOf() }));
    expect(finding).toMatchObject({ id: 'data-port-blocked', hosts: ['h2'] });
    expect(finding?.message).toContain('UDP 7789');
  });

  test('names and published ports that fail over it are its consequences', () => {
    const services = [serviceOf({ ingressPorts: [8080] })];
    const outside = checkOf('published', 'h1', 'h2', { target: 'web h2:8080' });
    const evidence = evidenceOf({ oneWay: oneWay((_, to) => to !== 'h2') });
    const findings = diagnose(symptomsOf({ checks: [...lost, outside], services, evidence }));
    expect(findings.map(({ id, consequenceOf }) => [id, consequenceOf])).toEqual([
      ['data-port-blocked', null],
      ['published-port-dead', 'data-port-blocked'],
    ]);
  });

  test('two hosts with a fault each are two causes', () => {
    const hosts = hostsWith({
      h2: lookAt('h2', { firewall: known(rule('INPUT', '-p udp --dport 4789')) }),
      h3: lookAt('h3', { firewall: known(rule('INPUT', '-p tcp --dport 2377')) }),
    });
    const checks = [...lost, checkOf('manager-port', 'h1', 'h3', { target: '10.0.0.3:2377' })];
    expect(causes(symptomsOf({ checks, hosts, evidence: evidenceOf() }))).toEqual([
      'manager-port-blocked h3 h1>h3',
      'data-port-blocked h2',
    ]);
  });

  test('packets that leave with another address than the advertised one are dropped by the others', () => {
    const sources = { [addressOf('h1')]: '10.0.0.102', [addressOf('h3')]: '10.0.0.102' };
    const evidence = evidenceOf({ oneWay: oneWay((from) => from !== 'h2') }, { h2: { sources } });
    const [finding, ...more] = diagnose(symptomsOf({ checks: lost, evidence }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'source-address-differs', hosts: ['h2'] });
    expect(finding?.message).toContain('10.0.0.102');
  });
});

describe('full-sized packets', () => {
  const large = (more = {}) => between('ping-large', isAt('h3'), more);

  test('do not pass a small interface', () => {
    const addresses = [{ iface: 'eth0', address: addressOf('h3'), mtu: 1400 }];
    const symptoms = symptomsOf({
      checks: [...between('ping', never), ...large()],
      evidence: evidenceOf({}, { h3: { addresses } }),
    });
    const [finding, ...more] = diagnose(symptoms);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'mtu-too-small', hosts: ['h3'], confidence: 'certain' });
    expect(finding?.fix).toContain('`mtu: 1400`');
  });

  test('do not pass, and somebody says which would', () => {
    const checks = [...between('ping', never), ...large({ error: 'too_long', mtu: 1350 })];
    expect(causes(symptomsOf({ checks, evidence: evidenceOf() }))).toEqual(['mtu-too-small h3']);
  });

  test('vanish without a word in a black hole', () => {
    const checks = [...between('ping', never), ...large()];
    expect(causes(symptomsOf({ checks, evidence: evidenceOf() }))).toEqual(['mtu-black-hole h3']);
  });

  test('where nothing is known of its containers, echoes from host to host tell of the black hole', () => {
    const echo = (name: string, more: object) => checkOf(name, 'h2', 'h1', { level: 'L1', network: null, ...more });
    const small = echo('ping', { result: 'ok' });
    const port = echo('gossip-tcp', { result: 'ok' });
    const told = (code: string, large: object) => {
      const hosts = hostsWith({ h1: silentHost('h1', code, 'h1 did not answer within 8 s.') });
      return causes(symptomsOf({ checks: [small, port, echo('ping-large', large)], hosts }));
    };
    expect(told('host_unreachable', { error: 'timeout' })).toEqual(['mtu-black-hole h1']);
    expect(told('host_unreachable', { result: 'ok' })).toEqual(['ssh-port-closed h1']);
    expect(told('host_unreachable', { error: 'too_long' })).toEqual(['ssh-port-closed h1']);
    // SSH was connected before, and what its engine says is too long.
    expect(told('engine_unreachable', { error: 'timeout' })).toEqual(['mtu-black-hole h1']);
    expect(told('engine_unreachable', { result: 'ok' })).toEqual(['engine-frozen h1']);
  });

  test.each([
    ['SSH', 'host_unreachable', 'h3 did not answer within 8 s.'],
    ['what its engine says', 'engine_unreachable', 'The engine on h3 did not answer GET /info within 5 s.'],
  ])('a black hole that swallows %s too is the cause, and that the host is not seen follows', (_what, code, reason) => {
    const hosts = hostsWith({ h3: silentHost('h3', code, reason) });
    const toward = (_: string, to: string): boolean => to === 'h3';
    const checks = [
      ...between('ping', never),
      ...between('ping-large', toward),
      checkOf('gossip-tcp', 'h1', 'h3', { result: 'ok' }),
    ];
    const findings = diagnose(symptomsOf({ checks, hosts, evidence: evidenceOf() }));
    expect(findings.map(({ id, hosts: at, consequenceOf }) => [id, at.join(), consequenceOf])).toEqual([
      ['mtu-black-hole', 'h3', null],
      ['host-not-seen', 'h3', 'mtu-black-hole'],
    ]);
  });
});

describe('gossip', () => {
  const lacking = (host: string, peers: number) => ({
    network: 'net',
    host,
    peers: hostNames.slice(0, peers).map(addressOf),
    expected: hostNames,
  });
  const tcp = between('gossip-tcp', (_, to) => to === 'h2');

  test.each([
    ['gossip-tcp-blocked', rule('INPUT', '-p tcp --dport 7946')],
    ['gossip-blocked', `${rule('INPUT', '-p tcp --dport 7946')}\n[3:9] -A INPUT -p udp --dport 7946 -j DROP`],
  ])('%s by the rules of the host', (id, firewall) => {
    const hosts = hostsWith({ h2: lookAt('h2', { firewall: known(firewall) }) });
    expect(causes(symptomsOf({ checks: tcp, hosts, evidence: evidenceOf({ underlay: tcp }) }))).toEqual([
      `${id} h2 *>h2`,
    ]);
  });

  test('UDP alone breaks nothing, and the rule tells all the same', () => {
    const hosts = hostsWith({ h2: lookAt('h2', { firewall: known(rule('INPUT', '-p udp --dport 7946')) }) });
    const [finding] = diagnose(symptomsOf({ hosts }));
    expect(finding).toMatchObject({ id: 'gossip-udp-blocked', severity: 'warning', hosts: ['h2'] });
  });

  test('without UDP what is new is not heard: names and packets that are lost there follow from it', () => {
    const closed = rule('INPUT', '-p udp --dport 7946');
    const checks = [checkOf('dns', 'h2', null), ...between('ping', isAt('h2'))];
    const heard = (firewall: string) =>
      causes(symptomsOf({ checks, hosts: hostsWith({ h2: lookAt('h2', { firewall: known(firewall) }) }) }));
    expect(heard(closed)).toEqual(['gossip-udp-blocked h2 *>h2']);
    expect(heard(`${closed}\n${rule('INPUT', '-p udp --dport 4789')}`)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^gossip-udp-blocked h2/u),
        expect.stringMatching(/^data-port-blocked h2/u),
      ]),
    );
  });

  test('UDP that is lost on the way is told by the logs of the others', () => {
    const log = [
      '[WARN] memberlist: Was able to connect to h2-0f1e2d but other probes failed, network may be misconfigured',
    ];
    const failing = [checkOf('dns', 'h1', null)];
    const evidence = evidenceOf({}, { h1: { log }, h3: { log } });
    expect(causes(symptomsOf({ checks: failing, evidence }))).toContain('gossip-udp-blocked h2');
  });

  test('a stale agent lists nobody while the port passes: dead, with the repair', () => {
    const gossip = [lacking('h1', 3), lacking('h2', 0), lacking('h3', 3)];
    const checks = [
      ...between('gossip-tcp', never),
      checkOf('gossip', 'h2', null),
      checkOf('dns', 'h2', null),
      ...between('ping', isAt('h2')),
    ];
    const findings = diagnose(symptomsOf({ checks, gossip, evidence: evidenceOf() }));
    expect(findings.map(({ id, hosts, consequenceOf }) => [id, hosts.join(), consequenceOf])).toEqual([
      ['gossip-dead', 'h2', null],
      ['name-not-resolved', 'h2', 'gossip-dead'],
    ]);
    expect(findings[0]?.fix).toContain('restart-engine h2');
  });

  test('a stale manager isolates the others, which list themselves: it alone is at fault', () => {
    const gossip = [lacking('h1', 0), lacking('h2', 1), lacking('h3', 1)];
    const checks = hostNames.map((host) => checkOf('gossip', host, null));
    expect(causes(symptomsOf({ checks, gossip, evidence: evidenceOf() }))).toEqual(['gossip-dead h1']);
  });
});

describe('hosts that cannot be looked at', () => {
  const toward = (host: string, result: 'ok' | 'failed') =>
    hostNames.filter((from) => from !== host).map((from) => checkOf('gossip-tcp', from, host, { result }));

  test.each([
    ['engine-frozen', 'engine_unreachable', 'The engine on h3 did not answer GET /info within 5 s.'],
    ['engine-down', 'engine_unreachable', 'The Docker Engine on h3 does not run: nothing listens on its socket.'],
    ['ssh-key-refused', 'ssh_auth_failed', 'h3 refused the login of root with the key "default".'],
    ['ssh-host-key-changed', 'host_key_changed', 'h3 shows another key.'],
    ['socket-forbidden', 'engine_forbidden', 'The user ops on h3 has no right to use the Docker socket.'],
    [
      'socket-unreachable',
      'engine_forbidden',
      'sshd on h3 forwards no stream to the Docker socket, and there is no docker command.',
    ],
  ])('%s', (id, code, reason) => {
    const hosts = hostsWith({ h3: silentHost('h3', code, reason) });
    const checks = between('ping', isAt('h3'));
    expect(causes(symptomsOf({ hosts, checks }))).toEqual([`${id} h3`]);
  });

  test('the others reach it: only its SSH port is closed', () => {
    const hosts = hostsWith({ h3: silentHost('h3', 'host_unreachable', 'h3 cannot be reached: it does not answer.') });
    expect(causes(symptomsOf({ hosts, checks: toward('h3', 'ok') }))).toEqual(['ssh-port-closed h3']);
  });

  test('nobody reaches it: it is cut off', () => {
    const hosts = hostsWith({ h3: silentHost('h3', 'host_unreachable', 'h3 cannot be reached: it does not answer.') });
    expect(causes(symptomsOf({ hosts, checks: toward('h3', 'failed') }))).toEqual(['host-cut-off h3']);
  });
});

describe('the swarm', () => {
  test('without a leader has lost its quorum, which explains what no manager could tell', () => {
    const reason = 'rpc error: code = Unknown desc = The swarm does not have a leader.';
    const hosts = hostsWith({ h3: silentHost('h3', 'engine_unreachable', 'does not run') });
    const findings = diagnose(symptomsOf({ swarm: unknown(reason, 'engine_error'), hosts }));
    expect(findings.map(({ id }) => id)).toContain('quorum-lost');
  });

  test('two of three managers that left have taken the quorum with them, and their ports are no other fault', () => {
    const left = (host: string) => {
      const look = lookAt(host);
      if (!look.engine.known) return look;
      const swarm = { ...look.engine.value.swarm, state: 'inactive' as const };
      return { ...look, engine: known({ ...look.engine.value, swarm }) };
    };
    const toward = (_: string, to: string): boolean => to !== 'h1';
    const symptoms = symptomsOf({
      hosts: hostsWith({ h2: left('h2'), h3: left('h3') }),
      managers: hostNames,
      checks: [...between('manager-port', toward), ...between('gossip-tcp', toward)],
      evidence: evidenceOf({ underlay: between('manager-port', toward) }),
    });
    expect(causes(symptoms)).toEqual(['quorum-lost h2+h3']);
  });

  test('a locked manager is named', () => {
    const locked = lookAt('h1');
    const engine = locked.engine.known
      ? known({ ...locked.engine.value, swarm: { ...locked.engine.value.swarm, state: 'locked' as const } })
      : locked.engine;
    const hosts = hostsWith({ h1: { ...locked, engine } });
    expect(causes(symptomsOf({ hosts, swarm: unknown('no host of the spec is a manager now') }))).toEqual([
      'manager-locked h1',
    ]);
  });

  test('two hosts with one NodeID are a copy', () => {
    const hosts = hostsWith({ h3: { ...lookAt('h2'), address: addressOf('h3') } });
    expect(causes(symptomsOf({ hosts }))).toEqual(['cloned-swarm-state h2+h3']);
    // Its engine leaves and joins networks all the time, and a device may stay behind.
    const orphans = known([{ device: 'vx-001001-abc', port: 4789 }]);
    const left = { ...hosts, h2: lookAt('h2', { orphans }) };
    expect(causes(symptomsOf({ hosts: left }))).toEqual(['cloned-swarm-state h2+h3']);
    expect(causes(symptomsOf({ hosts: hostsWith({ h2: lookAt('h2', { orphans }) }) }))).toEqual(['orphaned-vxlan h2']);
    const frozen = { ...silentHost('h2', 'engine_unreachable', 'h2 did not answer within 5 s.'), orphans };
    expect(causes(symptomsOf({ hosts: hostsWith({ h2: frozen }) }))).toEqual(['engine-frozen h2']);
  });

  test('a node that is down for no other reason is told; an even number of managers is a warning', () => {
    const nodes = hostNames.map((host) => ({
      id: host,
      host,
      role: host === 'h3' ? ('worker' as const) : ('manager' as const),
      state: host === 'h3' ? 'down' : 'ready',
      message: host === 'h3' ? 'heartbeat failure' : '',
    }));
    const swarm = known({ dataPathPort: 4789, networks: [], nodes });
    expect(causes(symptomsOf({ swarm }))).toEqual(['node-down h3', 'even-managers h1+h2']);
    const even = diagnose(symptomsOf({ swarm })).find(({ id }) => id === 'even-managers');
    expect(even?.fix).toBe('Make it odd: `flotilla node set h2 --role worker`, or add a manager.');
  });

  test('an advertised address that leads nowhere, while another one answers', () => {
    const far = lookAt('h2');
    const engine = far.engine.known
      ? known({ ...far.engine.value, swarm: { ...far.engine.value.swarm, nodeAddr: '10.78.255.2' } })
      : far.engine;
    const checks = ['h1', 'h3'].flatMap((from) => [
      checkOf('gossip-tcp', from, 'h2', { target: '10.78.255.2:7946' }),
      checkOf('other-address', from, 'h2', { target: '10.0.0.2:7946', result: 'ok' }),
    ]);
    const symptoms = symptomsOf({
      hosts: hostsWith({ h2: { ...far, engine } }),
      checks: [...checks, ...between('ping', isAt('h2'))],
      evidence: evidenceOf(),
    });
    expect(causes(symptoms)).toEqual(['advertise-address-unreachable h2']);
  });
});
