import { describe, expect, test } from 'vitest';
import { applyEdit, decisionsAfter, neededRevision, type VerbName, verbs } from './edits.ts';
import { fieldsOf } from './edits/fields.ts';
import { AppError } from './errors.ts';
import type { Decision } from './plan.ts';
import { parseSpec } from './spec/parse.ts';
import type { Spec } from './spec/spec.ts';

const made = (input: unknown): Spec => {
  const parsed = parseSpec(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.spec;
};

const demo = made({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: { labels: { zone: 'a', rack: '1' } } },
  networks: { front: { attachable: true }, back: {} },
  services: {
    web: {
      image: 'nginx',
      networks: ['front'],
      ports: ['8080:80'],
      environment: { A: '1', B: '2' },
      deploy: { replicas: 2 },
    },
  },
  containers: { tool: { host: 'h2', image: 'tool', networks: ['front'] } },
});

const edit = (verb: VerbName, args: unknown, current: Spec | null = demo): Spec => applyEdit({ verb, args, current });

/** The refusal as one line: code, message, issues and what to do next. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const issues = (error.issues ?? []).map(({ pointer, message }) => `[${pointer} ${message}]`);
    return [error.code, error.message, ...issues, error.next].filter(Boolean).join(' | ');
  }
  throw new Error('it was not refused');
}

describe('cluster create', () => {
  test('makes the first spec, managers first', () => {
    const spec = edit(
      'cluster create',
      { name: 'demo', manager: ['h1'], worker: ['h2', 'h3'], address_pool: ['10.200.0.0/16'] },
      null,
    );
    expect(Object.entries(spec.nodes).map(([host, { role }]) => `${host} ${role}`)).toEqual([
      'h1 manager',
      'h2 worker',
      'h3 worker',
    ]);
    expect(spec.swarm).toEqual({ data_path_port: 4789, address_pools: ['10.200.0.0/16'], subnet_size: 24 });
  });

  test('is refused when the cluster exists, or a host is named twice', () => {
    expect(refusal(() => edit('cluster create', { name: 'demo', manager: ['h1'] }))).toMatch(
      /^conflict \| The cluster demo exists already/,
    );
    expect(refusal(() => edit('cluster create', { name: 'demo', manager: ['h1'], worker: ['h1'] }, null))).toMatch(
      /^conflict \| h1 is named as a manager and as a worker/,
    );
  });

  test('rotating a token leaves the spec as it is and decides the next turn', () => {
    expect(edit('cluster rotate-token', { role: 'worker' })).toEqual(demo);
    const turn = (current: readonly Decision[]) =>
      decisionsAfter({ verb: 'cluster rotate-token', args: { role: 'worker' } }, { current, earlier: [] });
    expect(turn([])).toMatchObject([{ path: 'join_tokens.worker', value: 1 }]);
    expect(turn(turn([]))).toMatchObject([{ path: 'join_tokens.worker', value: 2 }]);
  });

  test('every other verb needs a cluster', () => {
    expect(refusal(() => edit('service rm', { name: 'web' }, null))).toMatch(
      /^not_found \| The cluster has no spec yet/,
    );
  });
});

describe('nodes', () => {
  test('are added and changed; what is not named stays', () => {
    const added = edit('node add', { host: 'h3', role: 'manager', label: ['zone=b'] });
    expect(added.nodes['h3']).toEqual({ role: 'manager', availability: 'active', labels: { zone: 'b' } });
    const changed = edit('node set', { host: 'h2', availability: 'drain', label: ['zone=c'], label_rm: ['rack'] });
    expect(changed.nodes['h2']).toEqual({ role: 'worker', availability: 'drain', labels: { zone: 'c' } });
    expect(Object.keys(changed.nodes)).toEqual(['h1', 'h2']);
  });

  const withThird = (): Spec => edit('node add', { host: 'h3' });

  test('are removed, said twice as well', () => {
    const removed = edit('node rm', { host: 'h3' }, withThird());
    expect(removed.nodes).toEqual(demo.nodes);
    const again = { verb: 'node rm', args: { host: 'h3' }, current: removed };
    expect(applyEdit({ ...again, members: ['h1', 'h2', 'h3'] })).toEqual(removed);
    expect(refusal(() => applyEdit(again))).toMatch(/^not_found | The spec has no node h3/);
  });

  test('are not removed while the spec needs them: the last manager, a host with a container', () => {
    expect(refusal(() => edit('node rm', { host: 'h1' }))).toBe(
      'conflict | h1 is the last manager, and without one the others are no swarm. | Make another one first: `flotilla node set h2 --role manager`.',
    );
    expect(refusal(() => edit('node rm', { host: 'h2' }))).toMatch(
      /^conflict \| The spec has containers on h2: \S+\. \| Remove them first \(`flotilla container rm /,
    );
  });

  test('removed by force keep that with the revision, until it is said without', () => {
    const by = (force: boolean, current: readonly Decision[]) =>
      decisionsAfter({ verb: 'node rm', args: { host: 'h3', force } }, { current, earlier: [] });
    const forced = by(true, []);
    expect(forced).toMatchObject([{ path: 'removed.h3', value: 'force' }]);
    expect(by(true, forced)).toEqual(forced);
    expect(by(false, forced)).toEqual([]);
  });

  test('a spec without a manager is refused as a whole', () => {
    expect(refusal(() => edit('node set', { host: 'h1', role: 'worker' }))).toBe(
      'invalid_spec | The spec would not be valid after `node set`. | [/nodes must have at least one node with `role: manager`]',
    );
  });
});

describe('networks', () => {
  test('are created with what is given, the rest by default', () => {
    const spec = edit('network create', { name: 'new', attachable: true, subnet: '10.1.0.0/24', mtu: 1400 });
    expect(spec.networks['new']).toEqual({
      driver: 'overlay',
      attachable: true,
      encrypted: false,
      internal: false,
      enable_ipv6: false,
      subnet: '10.1.0.0/24',
      mtu: 1400,
      labels: {},
    });
  });

  test('are removed only when nothing in the spec uses them', () => {
    expect(Object.keys(edit('network rm', { name: 'back' }).networks)).toEqual(['front']);
    expect(refusal(() => edit('network rm', { name: 'front' }))).toBe(
      'conflict | The network front is used by service web, container tool. | Remove them or take them off the network first.',
    );
  });
});

describe('services and containers', () => {
  test('a service is created from flags, with Compose meanings', () => {
    const spec = edit('service create', {
      name: 'api',
      image: 'api:1',
      command: 'serve --fast',
      network: ['front', 'back'],
      publish: ['9000:90/udp'],
      publish_mode: 'host',
      env: ['KEY=a=b'],
      mode: 'global',
      constraint: ['node.role==worker'],
      label: ['team=x'],
    });
    expect(spec.services['api']).toEqual({
      image: 'api:1',
      command: ['serve', '--fast'],
      environment: { KEY: 'a=b' },
      labels: {},
      networks: { front: { aliases: [] }, back: { aliases: [] } },
      ports: [{ published: 9000, target: 90, protocol: 'udp', mode: 'host' }],
      deploy: {
        mode: 'global',
        endpoint_mode: 'auto',
        labels: { team: 'x' },
        placement: { constraints: ['node.role==worker'] },
      },
    });
  });

  test('keeps what no argument names, also beside what one does', () => {
    const placement = { max_replicas_per_node: 2, constraints: ['node.role == worker'] };
    const said = { init: true, deploy: { placement, resources: { limits: { memory: '64m' } } } };
    const current = made({ ...demo, services: { web: { image: 'nginx', ...said } } });
    const { web } = edit('service update', { name: 'web', constraint: ['node.labels.zone==a'] }, current).services;
    expect(web).toMatchObject({
      init: true,
      deploy: {
        placement: { max_replicas_per_node: 2, constraints: ['node.role == worker', 'node.labels.zone==a'] },
        resources: { limits: { memory: '64m' } },
      },
    });
  });

  test('an update changes what is named and nothing else', () => {
    const { web } = edit('service update', {
      name: 'web',
      image: 'nginx:2',
      env: ['B=3'],
      env_rm: ['A'],
      publish: ['9090:90'],
      publish_rm: ['8080'],
      network: ['back'],
    }).services;
    expect(web).toEqual({
      ...demo.services['web'],
      image: 'nginx:2',
      environment: { B: '3' },
      networks: { back: { aliases: [] }, front: { aliases: [] } },
      ports: [{ published: 9090, target: 90, protocol: 'tcp' }],
    });
  });

  test('are removed', () => {
    expect(edit('service rm', { name: 'web' }).services).toEqual({});
    expect(edit('container rm', { name: 'tool' }).containers).toEqual({});
  });

  test('a container is run on a host of the cluster, on an attachable network', () => {
    const spec = edit('container run', {
      name: 'extra',
      host: 'h1',
      image: 'nginx',
      network: ['front'],
      publish: ['8081:80'],
    });
    expect(spec.containers['extra']?.ports).toEqual([{ published: 8081, target: 80, protocol: 'tcp' }]);
    expect(
      refusal(() =>
        edit('container run', { name: 'extra', host: 'h9', image: 'nginx', network: ['back'], publish: ['80'] }),
      ),
    ).toBe(
      'invalid_spec | The spec would not be valid after `container run`. | [/containers/extra/ports/0 says no port of the hosts; write `80:80`, or another one in front] | [/containers/extra/host `h9` is not a node of the spec; did you mean `h1`?] | [/containers/extra/networks `back` is not attachable; write `attachable: true` there]',
    );
  });
});

describe('rollback', () => {
  test('proposes the earlier spec, which has to be loaded first', () => {
    expect(neededRevision({ verb: 'rollback', args: { to: 3 } })).toBe(3);
    expect(neededRevision({ verb: 'service rm', args: { name: 'web' } })).toBeNull();
    const earlier = edit('service rm', { name: 'web' });
    expect(applyEdit({ verb: 'rollback', args: { to: 3 }, current: demo, earlier })).toEqual(earlier);
    expect(refusal(() => edit('rollback', { to: 9 }))).toBe('not_found | There is no revision 9 of this cluster.');
  });
});

describe('refusals name what is wrong', () => {
  test('a name that exists, one that does not, and unknown or wrong arguments', () => {
    expect(refusal(() => edit('service create', { name: 'web', image: 'x' }))).toMatch(
      /^already_exists \| The service web is in the spec already.*`flotilla service update web`/,
    );
    expect(refusal(() => edit('service rm', { name: 'wbe' }))).toBe(
      'not_found | The spec has no service wbe; did you mean `web`? | Name one that is there: web.',
    );
    expect(refusal(() => edit('service rm', { name: 'constructor' }))).toBe(
      'not_found | The spec has no service constructor. | Name one that is there: web.',
    );
    expect(refusal(() => edit('node set', { host: 'h2', labels: ['a=b'], availability: 'off', label: ['x'] }))).toBe(
      'invalid_input | The arguments of `node set` are not valid. | [/availability must be `active` or `pause` or `drain`] | [/label/0 write `name=value`] | [/labels is not a known key; did you mean `label`?]',
    );
    expect(refusal(() => applyEdit({ verb: 'service creat', args: {}, current: demo }))).toMatch(
      /^invalid_input \| There is no verb `service creat`; did you mean `service create`\?/,
    );
  });
});

describe('the table', () => {
  test('every verb is filed under its own name, with an example that starts with it', () => {
    for (const [name, verb] of Object.entries(verbs)) {
      expect([verb.noun, verb.action].filter(Boolean).join(' ')).toBe(name);
      expect(verb.example.startsWith(name)).toBe(true);
      expect(verb.summary.length).toBeLessThan(60);
    }
  });

  test('every argument can be a flag, and says what it is for', () => {
    const silent = Object.entries(verbs).flatMap(([name, verb]) =>
      fieldsOf(verb).flatMap((field) => (field.help === '' ? `${name} ${field.name}` : [])),
    );
    expect(silent).toEqual([]);
    expect(
      fieldsOf(verbs['network create']).map(
        ({ flag, kind, positional, required }) =>
          `${flag} ${kind}${positional ? ' positional' : ''}${required ? ' required' : ''}`,
      ),
    ).toEqual([
      '--name text positional required',
      '--attachable boolean',
      '--encrypted boolean',
      '--internal boolean',
      '--subnet text',
      '--gateway text',
      '--ip-range text',
      '--enable-ipv6 boolean',
      '--subnet6 text',
      '--mtu number',
      '--label list',
    ]);
    expect(fieldsOf(verbs['node add'])[1]).toEqual({
      name: 'role',
      flag: '--role',
      kind: 'choice',
      choices: ['manager', 'worker'],
      required: false,
      positional: false,
      alsoFlag: false,
      help: 'Role in the swarm',
      default: 'worker',
    });
  });
});
