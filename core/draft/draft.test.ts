import { expect, test } from 'vitest';
import type { Observation, ServiceFacts, StandingFacts, SwarmFacts } from '../observation.ts';
import { known } from '../observed.ts';
import { standingTool as tool, withStanding } from '../testing/standing.ts';
import { planned } from '../testing/told.ts';
import { formedSwarm, inputOf, withContainer, withNetwork, withService } from '../testing/observations.ts';
import { consentTo } from '../plan/taken.ts';
import { writtenSpec } from '../spec/written.ts';
import { draftOf, type Draft } from './draft.ts';

const serviceOf = (name: string, spec: Record<string, unknown>): ServiceFacts => ({
  id: `service-${name}`,
  name,
  labels: {},
  spec: { Name: name, Labels: {}, ...spec },
});

/** As `docker service create` of 20.10 makes it. */
const web = serviceOf('web', {
  TaskTemplate: {
    ContainerSpec: {
      Image: 'nginx:1.27@sha256:4fe8fb8e460915ad7a5ee17dc0da5675ccac15e4139da81df8e50d6429612c1d',
      Env: ['MODE=prod', 'GREETING=hello world'],
      Init: false,
      Mounts: [{ Type: 'volume', Source: 'webdata', Target: '/data' }],
      StopGracePeriod: 5_000_000_000,
      Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 5_000_000_000 },
      DNSConfig: {},
      Secrets: [
        { File: { Name: 'db_password', UID: '0', GID: '0', Mode: 0o444 }, SecretID: 's', SecretName: 'db_password' },
      ],
      Configs: [
        { File: { Name: '/etc/app.conf', UID: '0', GID: '0', Mode: 0o440 }, ConfigID: 'c', ConfigName: 'conf' },
      ],
      Isolation: 'default',
    },
    Resources: { Limits: { MemoryBytes: 134_217_728 }, Reservations: {} },
    RestartPolicy: { Condition: 'any', Delay: 5_000_000_000, MaxAttempts: 0 },
    Placement: { Constraints: ['node.role==worker'], Platforms: [{ Architecture: 'amd64', OS: 'linux' }] },
    Networks: [{ Target: 'network-front', Aliases: ['www'] }],
    LogDriver: { Name: 'json-file', Options: { 'max-size': '1m' } },
    ForceUpdate: 0,
    Runtime: 'container',
  },
  Mode: { Replicated: { Replicas: 2 } },
  UpdateConfig: {
    Parallelism: 1,
    Delay: 2_000_000_000,
    FailureAction: 'rollback',
    MaxFailureRatio: 0,
    Order: 'stop-first',
  },
  EndpointSpec: {
    Mode: 'dnsrr',
    Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'host' }],
  },
});

const formed = withNetwork(formedSwarm(['h1'], ['h2']), {
  name: 'front',
  attachable: true,
  labels: { team: 'web' },
  options: { 'com.docker.network.driver.overlay.vxlanid_list': '4097' },
  subnets: [{ subnet: '10.0.1.0/24', gateway: '10.0.1.1', ipRange: null }],
});
const hostOf = new Map([
  ['node-h1', 'h1'],
  ['node-h2', 'h2'],
]);

function drafted(observation: Observation, standing: readonly StandingFacts[] = []): Draft {
  const all = { h1: known([]), h2: known([...standing]) };
  const swarm = swarmIn(observation);
  return draftOf({ cluster: 'demo', observation: { ...observation, standing: all }, swarm, hostOf });
}

function swarmIn({ swarm }: Observation): SwarmFacts {
  if (swarm.known && swarm.value !== null) return swarm.value;
  throw new Error('There is no swarm.');
}

test('what runs is written as people would write it, and a plan finds nothing in it to change', async () => {
  const observation = withContainer(withService(formed, web), 'h2', {
    name: 'tool',
    id: tool.id,
    networks: ['front'],
    publishedPorts: [8099],
  });
  const { spec, untold } = drafted(observation, [tool]);
  expect(untold).toEqual([]);
  if (spec === null) throw new Error('There is no draft.');
  expect(writtenSpec(spec)).toMatchObject({
    networks: { front: { attachable: true, subnet: '10.0.1.0/24', labels: { team: 'web' } } },
    services: {
      web: {
        image: 'nginx:1.27',
        environment: { MODE: 'prod', GREETING: 'hello world' },
        networks: { front: { aliases: ['www'] } },
        ports: [{ published: 8080, target: 80, mode: 'host' }],
        healthcheck: { test: ['CMD-SHELL', 'true'], interval: '5s' },
        volumes: [{ type: 'volume', source: 'webdata', target: '/data' }],
        secrets: [{ source: 'db_password' }],
        configs: [{ source: 'conf', target: '/etc/app.conf', mode: '0440' }],
        deploy: { replicas: 2, endpoint_mode: 'dnsrr', resources: { limits: { memory: '128m' } } },
      },
    },
    containers: {
      tool: { host: 'h2', image: 'nginx', networks: ['front'], environment: { TOKEN: 'abc' }, restart: 'no' },
    },
    secrets: { db_password: { external: true } },
    configs: { conf: { external: true } },
  });
  const input = { ...inputOf(spec, withStanding(observation, 'h2', tool)), base: null, decisions: [consentTo(1)] };
  const plan = await planned(input);
  expect(plan.steps.map(({ kind }) => kind)).toEqual(['update-service', 'verify']);
  expect(plan.steps[0]?.args).toMatchObject({ labelsOnly: true });
});

test('what a spec cannot say is told by name: a key of a service stays as it is, an object with whoever made it', () => {
  const task = (container: object, more: object = {}) => ({
    TaskTemplate: { ContainerSpec: { Image: 'nginx', ...container }, ...more },
    Mode: { Replicated: { Replicas: 1 } },
  });
  const secured = serviceOf('secured', task({ Privileges: { NoNewPrivileges: true }, StopGracePeriod: 3.6e12 }));
  const onHost = serviceOf('onhost', task({}, { Networks: [{ Target: 'host-network' }] }));
  const job = serviceOf('job', { TaskTemplate: { ContainerSpec: { Image: 'nginx' } }, Mode: { ReplicatedJob: {} } });
  const random = serviceOf('random', {
    ...task({}),
    EndpointSpec: { Mode: 'vip', Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishMode: 'ingress' }] },
  });
  const observation = [secured, onHost, job, random].reduce(withService, formed);
  const { spec, untold } = drafted(observation, [
    { ...tool, name: 'root', hostConfig: { ...tool.hostConfig, Privileged: true } },
    { ...tool, name: 'composed', config: { ...tool.config, Labels: { 'com.docker.compose.project': 'blog' } } },
    { ...tool, name: 'local', networks: { mybridge: [] } },
  ]);
  expect(Object.keys(spec?.services ?? {})).toEqual(['secured']);
  expect(spec?.services['secured']).not.toHaveProperty('stop_grace_period');
  expect(spec?.containers).toEqual({});
  expect(untold.map(({ what, why }) => `${what}: ${why}`)).toEqual(
    expect.arrayContaining([
      'service secured: Privileges stays as it is, unsaid',
      expect.stringMatching(/^service secured: stop_grace_period stays as it is, unsaid/),
      'service job: it is a job, which no spec says',
      expect.stringMatching(/^service onhost: it is left out: networks/),
      expect.stringMatching(/^service random: it is left out: ports/),
      'container root on h2: it has Privileged; it stays with who started it',
      'container composed on h2: it belongs to the Compose project blog; it stays with who started it',
      expect.stringMatching(/^container local: it is left out: networks/),
    ]),
  );
});

test('a node that nobody can look at is named, and so are the containers of a host that did not answer', () => {
  const { spec, untold } = draftOf({
    cluster: 'demo',
    observation: formed,
    swarm: swarmIn(formed),
    hostOf: new Map([['node-h1', 'h1']]),
  });
  expect(Object.keys(spec?.nodes ?? {})).toEqual(['h1']);
  expect(untold.map(({ what }) => what)).toEqual(expect.arrayContaining(['node h2', 'containers on h1']));
});
