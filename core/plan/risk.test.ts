import { describe, expect, test } from 'vitest';
import type { Observation } from '../observation.ts';
import { clusterLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import { stackLabel } from '../spec/stack.ts';
import { bareHosts, formedSwarm, inputOf, withNetwork, withUnseen } from '../testing/observations.ts';
import { carriedOut, lines, told } from '../testing/told.ts';

const manager = { role: 'manager' as const };
const net = { attachable: true, mtu: 1500 as const };
const web = { image: 'nginx', networks: ['net'] };
const box = { host: 'h2', image: 'tool', networks: ['net'] };
const small = formedSwarm(['h1'], ['h2']);

type Parts = Omit<SpecInput, 'cluster' | 'swarm'>;
const specOf = (parts: Partial<Parts>) => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: manager, h2: {} },
  verify: { connectivity: 'none' as const },
  ...parts,
});
const whole = { networks: { net }, services: { web }, containers: { box } };

/** The risk and the steps as people read them: what was decided is of no matter here. */
const riskTold = async (parts: Partial<Parts>, on: Observation): Promise<string> =>
  shown(await told(inputOf(specOf(parts), on)));
const shown = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^decided|^warning|verify:/.test(line))
    .join('\n')
    .replace(/ \([^)]*\)$/gm, '');
/** The same, after these parts were there. */
const afterWhole = async (parts: Partial<Parts>, change = (now: Observation) => now): Promise<string> =>
  riskTold(parts, change((await carriedOut(inputOf(specOf(whole), small))).observation));

const fiveManagers = formedSwarm(['h1', 'h2', 'h3', 'h4', 'h5'], []);
const nodes = (...managers: string[]) => ({
  nodes: Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5'].map((h) => [h, managers.includes(h) ? manager : {}])),
});

test('what only adds is low: a new swarm, a node, a network, a service, a container', async () => {
  expect(await riskTold({ nodes: { h1: manager, h2: manager, h3: {} } }, bareHosts('h1', 'h2', 'h3'))).toMatch(
    /^demo, revision 1: risk low\n/,
  );
  expect(await riskTold(whole, small)).toBe(
    lines(`
      demo, revision 1: risk low
      1. create network net
      2. create service web
      3. h2: run container box`),
  );
});

describe('what changes something that runs is medium', () => {
  test('a service, a node that is drained', async () => {
    expect(await afterWhole({ ...whole, services: { web: { ...web, image: 'nginx:2' } } })).toBe(
      lines(`
        demo, revision 1: risk medium
        1. update service web: image nginx → nginx:2`),
    );
    expect(await afterWhole({ ...whole, nodes: { h1: manager, h2: { availability: 'drain' } } })).toBe(
      lines(`
        demo, revision 1: risk medium
        1. set node h2: worker, drain, no labels`),
    );
  });

  test('a manager that joins or is promoted where a swarm runs, as its quorum changes', async () => {
    const bare = bareHosts('h3').hosts;
    const grown = { ...small, hosts: { ...small.hosts, ...bare } };
    expect(await riskTold({ nodes: { h1: manager, h2: {}, h3: manager } }, grown)).toBe(
      lines(`
        demo, revision 1: risk medium
        1. h3: check that the host is fit to join
        2. h3: join as a manager through h1, advertising 10.79.0.3`),
    );
    expect(await riskTold({ nodes: { h1: manager, h2: manager } }, small)).toMatch(/: risk medium\n/);
  });
});

describe('what takes something away is high', () => {
  test('a service, a container', async () => {
    expect(await afterWhole({ networks: { net } })).toBe(
      lines(`
        demo, revision 1: risk high
        1. h2: remove container box
        2. remove service web`),
    );
  });

  test('a network that nothing is on', async () => {
    const unused = withNetwork(small, { name: 'net', labels: { [clusterLabel]: 'demo' } });
    expect(await riskTold({}, unused)).toBe(
      lines(`
        demo, revision 1: risk high
        1. remove network net`),
    );
  });

  test('a manager, while the swarm can still lose one', async () => {
    expect(await riskTold(nodes('h1', 'h2', 'h3'), fiveManagers)).toBe(
      lines(`
        demo, revision 1: risk high
        1. set node h4: worker, active, no labels
        2. set node h5: worker, active, no labels`),
    );
  });
});

describe('what gives a container a hold on its host is high, and the plan says by what', () => {
  test('a capability that reaches over the host, of a service or a container', async () => {
    const bold = { services: { web: { ...web, cap_add: ['CHOWN', 'sys_admin'] } }, networks: { net } };
    const made = await told(inputOf(specOf(bold), small));
    expect(made).toContain(
      'risk high (removes something, takes a manager away, or gives a container a hold on its host)',
    );
    expect(made).toContain('create service web (image nginx, 1 replica, on net, dnsrr, capability SYS_ADMIN)');
    const run = await told(
      inputOf(specOf({ networks: { net }, containers: { box: { ...box, cap_add: ['ALL'] } } }), small),
    );
    expect(run).toMatch(/: risk high .*\n.*\n2\. h2: run container box \(image tool, on net, capability ALL\)/);
  });

  test('files of the host, of a service or a container', async () => {
    const volumes = ['/var/run/docker.sock:/var/run/docker.sock'];
    const made = await told(inputOf(specOf({ services: { web: { image: 'nginx', volumes } } }), small));
    expect(made).toMatch(/: risk high .*\n1\. create service web \(.*, host files \/var\/run\/docker\.sock\)/);
    const run = specOf({ containers: { box: { host: 'h2', image: 'tool', volumes } } });
    expect(await riskTold({ containers: run.containers ?? {} }, small)).toMatch(/: risk high\n/);
    const named = {
      volumes: { data: {} },
      services: { web: { image: 'nginx', volumes: ['data:/data'], tmpfs: '/run' } },
    };
    expect(await riskTold(named, small)).toMatch(/: risk low\n/);
  });

  test('any change of a service that has one', async () => {
    const bold = { networks: { net }, services: { web: { ...web, cap_add: ['ALL'] } } };
    const { observation } = await carriedOut(inputOf(specOf(bold), small));
    const next = { networks: { net }, services: { web: { ...bold.services.web, image: 'nginx:2' } } };
    const text = await told(inputOf(specOf(next), observation));
    expect(text).toMatch(/: risk high .*\n1\. update service web: image nginx → nginx:2 \(capability ALL\)/);
    expect(await riskTold({ networks: { net }, services: { web } }, observation)).toMatch(
      /: risk medium\n1\. update service web: cap_add ALL → none/,
    );
  });

  test('a capability within its own bounds is not, but for one over the network of the host', async () => {
    const own = { ...box, cap_add: ['NET_ADMIN'] };
    expect(await riskTold({ networks: { net }, containers: { box: own } }, small)).toMatch(/: risk low\n/);
    expect(await riskTold({ containers: { box: { ...own, networks: ['host'] } } }, small)).toMatch(/: risk high\n/);
  });
});

describe('what others stand on is critical', () => {
  test('a network in use, with who uses it', async () => {
    expect(await afterWhole({})).toBe(
      lines(`
        demo, revision 1: risk critical
        1. h2: remove container box
        2. remove service web
        3. remove network net, used by service web, container box on h2`),
    );
  });

  test('but not that of a stack, which goes with all of the stack', async () => {
    const labels = { [stackLabel]: 'shop' };
    const shop = { networks: { shop_default: { ...net, labels } } };
    const stacked = {
      networks: { ...whole.networks, ...shop.networks },
      services: { ...whole.services, shop_web: { image: 'nginx', networks: ['shop_default'], deploy: { labels } } },
      containers: whole.containers,
    };
    const { observation } = await carriedOut(inputOf(specOf(stacked), small));
    expect(await riskTold(whole, observation)).toBe(
      lines(`
        demo, revision 1: risk high
        1. remove service shop_web
        2. remove network shop_default`),
    );
  });

  test('a network of which it cannot be seen whether it is in use', async () => {
    const three = formedSwarm(['h1'], ['h2', 'h3']);
    const unused = withNetwork(three, { name: 'net', labels: { [clusterLabel]: 'demo' } });
    const unseen = withUnseen(unused, 'h3', 'timeout');
    expect(await riskTold({ nodes: { h1: manager, h2: {}, h3: {} } }, unseen)).toBe(
      lines(`
        demo, revision 1: risk critical
        1. remove network net, used by whatever is on h3, which could not be seen`),
    );
  });

  test('the last manager that could be spared, and the last but one', async () => {
    expect(await riskTold(nodes('h1', 'h2'), formedSwarm(['h1', 'h2', 'h3'], ['h4', 'h5']))).toBe(
      lines(`
        demo, revision 1: risk critical
        1. set node h3: worker, active, no labels`),
    );
    const { nodes: one } = nodes('h1');
    expect(await told(inputOf(specOf({ nodes: one }), fiveManagers))).toMatch(
      /risk critical[\s\S]*warning no-manager-to-spare: With one manager left/,
    );
  });
});

test('one critical step makes the whole plan critical', async () => {
  const more = { networks: { other: net }, services: { api: { image: 'api', networks: ['other'] } } };
  expect(await afterWhole(more)).toMatch(/: risk critical\n[\s\S]*create network other/);
});
