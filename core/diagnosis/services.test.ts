import { describe, expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known } from '../observed.ts';
import { between, checkOf, evidenceOf, lookAt, serviceOf, silentHost, symptomsOf } from '../testing/symptoms.ts';
import type { CheckResult } from '../verification.ts';
import { diagnose } from './diagnose.ts';
import type { Symptoms, TaskLook } from './symptoms.ts';

const causes = (symptoms: Symptoms): string[] =>
  rootCausesOf(diagnose(symptoms)).map(({ id, hosts }) => `${id} ${hosts.join('+')}`.trim());

const never = (): boolean => false;
const isAt = (host: string) => (from: string, to: string) => from === host || to === host;

describe('a service that lacks tasks', () => {
  const task = (error: string, more: Partial<TaskLook> = {}): TaskLook => ({
    state: 'rejected',
    error,
    host: 'h2',
    hasNode: true,
    ...more,
  });
  const lacks = (tasks: TaskLook[], more = {}): Symptoms =>
    symptomsOf({
      services: [serviceOf({ running: 0, tasks, ...more })],
      checks: [
        checkOf('tasks', 'manager', null, { detail: '0 of 2 tasks run' }),
        checkOf('dns', 'h1', null),
        checkOf('published', 'h1', 'h2', { target: 'web h2:8080' }),
      ],
    });

  describe('beside a node that nobody reaches at the address that it advertises', () => {
    const { engine } = lookAt('h2');
    const swarm = engine.known ? { ...engine.value.swarm, nodeAddr: '10.9.9.2' } : null;
    const far = lookAt('h2', swarm !== null && engine.known ? { engine: known({ ...engine.value, swarm }) } : {});
    const told = (own: TaskLook) => {
      const { services, checks } = lacks([own]);
      const lost = ['h1', 'h3'].map((from) => checkOf('gossip-tcp', from, 'h2', { target: '10.9.9.2:7946' }));
      const hosts = { ...symptomsOf().hosts, h2: far };
      return causes(symptomsOf({ hosts, services, checks: [...checks, ...lost], evidence: evidenceOf() }));
    };

    test('a task that is on its way elsewhere was taken off that node', () => {
      expect(told(task('', { host: 'h3', state: 'preparing' }))).toEqual(['advertise-address-unreachable h2']);
      expect(told(task('', { host: 'h3', state: 'complete' }))).toEqual(['advertise-address-unreachable h2']);
    });

    test('a task that found its network not in order yet, or was taken away, fails because of it', () => {
      const failed = (error: string) => told(task(error, { host: 'h3', state: 'failed' }));
      const noBalancer = 'failed to find a load balancer IP to use for network: 8hci1b7ru8r2wbraw1k6lakx7';
      expect(failed(noBalancer)).toEqual(['advertise-address-unreachable h2']);
      expect(failed('No such container: web.1.jr0ttxrfk6is')).toEqual(['advertise-address-unreachable h2']);
    });

    test('a task that fails elsewhere has a reason of its own', () => {
      const id = 'advertise-address-unreachable h2';
      expect(told(task('', { host: 'h3', state: 'failed' }))).toEqual([id, 'task-failed h3']);
      expect(told(task('No such image: nginx:nope', { host: 'h3' }))).toEqual([id, 'image-missing h3']);
    });
  });

  describe('beside a host that does not answer', () => {
    const gone = silentHost('h2', 'host_unreachable', 'h2 cannot be reached: it does not answer.');
    const told = (own: TaskLook) => {
      const { services, checks } = lacks([own]);
      const hosts = { ...symptomsOf().hosts, h2: gone };
      const lost = ['h1', 'h3'].map((from) => checkOf('ping', from, 'h2', { level: 'L1', network: null }));
      return causes(symptomsOf({ hosts, services, checks: [...checks, ...lost] }));
    };

    test('a task that is on its way elsewhere was there before', () => {
      expect(told(task('', { host: 'h3', state: 'ready' }))).toEqual(['host-cut-off h2']);
    });

    test('a task that fails elsewhere has a reason of its own', () => {
      const failed = task('task: non-zero exit (3)', { host: 'h3', state: 'failed' });
      expect(told(failed)).toEqual(['host-cut-off h2', 'task-failed h3']);
    });
  });

  test.each([
    ['image-missing h2', 'No such image: nginx:nope'],
    ['image-missing h2', 'pull access denied for shop, repository does not exist'],
    ['health-check-failing h2', 'task: unhealthy container'],
    ['no-suitable-node h2', 'no suitable node (scheduling constraints not satisfied on 3 nodes)'],
    [
      'port-taken h2',
      'driver failed programming external connectivity: listen tcp4 0.0.0.0:8080: bind: address already in use',
    ],
    ['port-taken h2', 'no suitable node (host-mode port already in use on 1 node)'],
    ['orphaned-vxlan h2', 'network sandbox join failed: error creating vxlan interface: file exists'],
    ['kernel-no-vxlan h2', 'error creating vxlan interface: operation not supported'],
    ['disk-full h2', 'write /var/lib/docker/tmp: no space left on device'],
    ['task-failed h2', 'starting container failed: exec: "nope": not found'],
  ])('%s: %s', (cause, error) => {
    expect(causes(lacks([task(error)]))).toEqual([cause]);
  });

  test('a port that its own other replica holds is told as what it is, with what to do about replicas', () => {
    const pending = task('no suitable node (host-mode port already in use on 1 node)', {
      state: 'pending',
      host: null,
    });
    const [finding] = rootCausesOf(diagnose(lacks([pending], { running: 1 })));
    expect(finding).toMatchObject({
      id: 'port-of-own-replica',
      message: expect.stringContaining('The service web has more replicas than nodes for its port'),
      fix: expect.stringContaining('flotilla service update web --replicas'),
    });
    expect(causes(lacks([pending]))).toEqual(['port-taken']);
  });

  test('tasks that are new and on no node found no address', () => {
    expect(causes(lacks([task('', { state: 'new', host: null, hasNode: false })]))).toEqual(['ip-exhausted']);
  });

  test('a task that stays starting waits for its health check', () => {
    const symptoms = lacks([task('', { state: 'starting' })], { hasHealthCheck: true });
    expect(causes(symptoms)).toEqual(['health-check-failing h2']);
  });

  test('so do tasks that end one after the other without an error', () => {
    const complete = task('', { state: 'complete' });
    expect(causes(lacks([complete, complete], { hasHealthCheck: true }))).toEqual(['health-check-failing h2']);
    expect(causes(lacks([complete, complete]))).toEqual(['task-failed h2']);
  });

  test('its names and ports follow from it', () => {
    const findings = diagnose(lacks([task('No such image: nope')]));
    expect(findings.map(({ id, consequenceOf }) => [id, consequenceOf])).toEqual([
      ['image-missing', null],
      ['name-not-resolved', 'image-missing'],
      ['published-port-dead', 'image-missing'],
    ]);
  });
});

test('a name that leads to what nobody has is stale where it is asked', () => {
  const stale = {
    target: 'tasks.web',
    error: 'stale',
    detail: 'resolves to 10.200.1.250, which nothing that runs has',
  };
  const checks = ['h1', 'h3'].map((host) => checkOf('dns', host, null, stale));
  const [finding] = diagnose(symptomsOf({ checks, services: [serviceOf()] }));
  expect(finding).toMatchObject({ id: 'stale-dns', hosts: ['h1', 'h3'], network: 'net' });
  expect(finding?.fix).toContain('docker service update --force web');
});

test('pings of all sizes pass and no TCP does: checksums', () => {
  const checks = [
    ...between('ping', never),
    ...between('ping-large', never),
    ...between('tcp', isAt('h3')),
    ...between('bulk', isAt('h3')),
  ];
  expect(causes(symptomsOf({ checks, evidence: evidenceOf() }))).toEqual(['checksum-offload h3']);
});

describe('a virtual IP that does not answer while tasks run', () => {
  const checks = [checkOf('tcp', 'h1', null, { target: 'web:80', error: 'no_route' })];
  const services = [serviceOf({ vip: true })];

  test('is dead where the kernel has ip_vs', () => {
    expect(causes(symptomsOf({ checks, services, evidence: evidenceOf() }))).toEqual(['vip-dead h1']);
  });

  test('and cannot work where it has none', () => {
    const hosts = { ...symptomsOf().hosts, h1: lookAt('h1', { ipVs: known(false) }) };
    expect(causes(symptomsOf({ checks, services, hosts }))).toEqual(['kernel-no-ipvs h1']);
    expect(causes(symptomsOf({ services, hosts }))).toEqual(['kernel-no-ipvs h1']);
    expect(causes(symptomsOf({ services: [serviceOf({ vip: false })], hosts }))).toEqual([]);
  });
});

describe('a published port that does not answer', () => {
  const checks = [checkOf('published', 'h1', 'h2', { target: 'web h2:8080' })];

  test('is told by port and hosts', () => {
    expect(causes(symptomsOf({ checks, services: [serviceOf()], evidence: evidenceOf() }))).toEqual([
      'published-port-dead h2',
    ]);
  });

  test('and is refused is told otherwise: by the program, where no host of the service answers', () => {
    const refused = (to: string, more = {}) =>
      checkOf('published', 'h1', to, { target: `web ${to}:8080`, error: 'refused', ...more });
    const messageOf = (all: CheckResult[], services = [serviceOf()]) =>
      diagnose(symptomsOf({ checks: all, services, evidence: evidenceOf() })).map(({ message }) => message);
    const byProgram = [expect.stringContaining('is refused on h2, h3, wherever its tasks run: as a rule nothing')];
    expect(messageOf([refused('h2'), refused('h3')])).toEqual(byProgram);
    const byHost = ['The published port web 8080 does not answer from outside on h2.'];
    expect(messageOf([refused('h2'), refused('h3', { result: 'ok', error: null })])).toEqual(byHost);
    expect(messageOf([refused('h2')], [serviceOf({ ingressPorts: [8080] })])).toEqual(byHost);
  });

  test('follows from a host that does not forward', () => {
    const hosts = { ...symptomsOf().hosts, h2: lookAt('h2', { ipForward: known(false) }) };
    const findings = diagnose(symptomsOf({ checks, hosts, services: [serviceOf()] }));
    expect(findings.map(({ id, consequenceOf }) => [id, consequenceOf])).toEqual([
      ['ip-forward-off', null],
      ['published-port-dead', 'ip-forward-off'],
    ]);
  });
});

test('a container that may not join its network is told by the network', () => {
  const checks = [
    checkOf('attachable', 'h2', null, { target: 'tool', network: 'net' }),
    checkOf('container', 'h2', null, { target: 'tool' }),
  ];
  const findings = diagnose(symptomsOf({ checks }));
  expect(findings.map(({ id, consequenceOf }) => [id, consequenceOf])).toEqual([
    ['not-attachable', null],
    ['container-missing', 'not-attachable'],
  ]);
});

test('a network that is gone and a container that does not run are told', () => {
  expect(causes(symptomsOf({ checks: [checkOf('network', 'manager', null, { target: 'net' })] }))).toEqual([
    'network-missing',
  ]);
  expect(causes(symptomsOf({ checks: [checkOf('container', 'h2', null, { target: 'tool' })] }))).toEqual([
    'container-missing h2',
  ]);
});

test('what no rule explains is told as a symptom, never as a cause', () => {
  const checks = [checkOf('http', 'h1', 'h2', { error: 'cut_off' })];
  const findings = diagnose(symptomsOf({ checks }));
  expect(rootCausesOf(findings)).toEqual([]);
  expect(findings).toMatchObject([{ id: 'checks-failed', symptom: true, confidence: 'possible' }]);
});
