import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { unwrap } from '#api/client.ts';
import { recordingTracer } from '#test/fakes/recording-tracer.ts';
import { readMetrics } from '#test/prometheus.ts';
import { filesBelow, sightings, traceOf } from '#test/canaries/canary.ts';
import { markEngines } from './support/lab-for-test.ts';
import { applied, applyEdit, applySpec, ended, propose, requestPlan, succeeded } from './support/operations.ts';
import { answersOf } from './support/answers.ts';
import { createStage, type Stage } from './support/stage.ts';
import { demoSpec, shopCompose } from './support/specs.ts';
import { linesOf } from './support/verifications.ts';

/** The tutorial on three real hosts; the engines' own debug logs say what was changed. */
let stage: Stage;
const tracer = recordingTracer();
/** What the control plane wrote on its standard error, where an operator's log is. */
const said: string[] = [];
beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation((...line) => void said.push(line.join(' ')));
  stage = await createStage({ id: 'apply-twice', hosts: 3, tracer });
});
afterAll(async () => {
  await stage?.close();
  vi.restoreAllMocks();
});

describe('the tutorial', () => {
  test('a plan on bare hosts says what would be done and changes nothing', async () => {
    const { api, lab } = stage;
    const marks = await markEngines(lab);
    await propose(api, demoSpec());
    const { plan } = succeeded(await ended(api, await requestPlan(api, 'demo')));
    expect(plan?.steps.map(({ id }) => id)).toContain('init-swarm:h1');
    expect(await marks.calls()).toEqual({});
  });

  test('apply forms the swarm, deploys, and proves that containers on different hosts reach each other', async () => {
    const { api, lab } = stage;
    const marks = await markEngines(lab);
    const { steps, result } = await applied(api, demoSpec());
    const calls = await marks.calls();
    expect(calls['h1']).toContain('POST /swarm/init');
    expect(calls['h2']).toContain('POST /swarm/join');
    expect(calls['h3']).toContain('POST /swarm/join');
    expect(steps.every(({ outcome }) => outcome?.kind === 'done' || outcome?.kind === 'already-done')).toBe(true);
    expect(result).toMatchObject({ verdict: 'passed', sampled: false });
    const { items } = await unwrap(
      api.v1.clusters[':cluster'].verifications.$get({ param: { cluster: 'demo' }, query: {} }),
    );
    const pairs = items[0]?.verification.pairs.map(({ from, to, result: proved }) => `${from} → ${to} ${proved}`);
    expect(pairs?.toSorted()).toEqual([
      'h1 → h2 ok',
      'h1 → h3 ok',
      'h2 → h1 ok',
      'h2 → h3 ok',
      'h3 → h1 ok',
      'h3 → h2 ok',
    ]);
  });

  test('a plan of what runs already is empty and changes nothing', async () => {
    const { api, lab } = stage;
    const marks = await markEngines(lab);
    const { plan } = succeeded(await ended(api, await requestPlan(api, 'demo')));
    expect(plan?.steps).toEqual([]);
    expect(await marks.calls()).toEqual({});
  });

  test('a second apply has an empty plan and changes nothing', async () => {
    const { api, lab } = stage;
    const marks = await markEngines(lab);
    const { plan, steps } = succeeded(await applySpec(api, demoSpec()));
    expect(plan?.steps).toEqual([]);
    expect(steps).toEqual([]);
    expect(await marks.calls()).toEqual({});
  });
});

/** For `docker config ls`. */
const ofOurs = 'label=io.flotilla.config';

/** Of a secret that was made by hand. */
const heldValue = 'held-by-the-swarm-4711-and-nobody-else';

describe('a stack beside it', () => {
  const deploy = { verb: 'stack deploy', args: { name: 'shop', compose: shopCompose() } };
  const stacks = () => linesOf(stage.lab.host('h1'), ['docker', 'stack', 'ls', '--format', '{{.Name}} {{.Services}}']);

  test('is made of a Compose file, proved with all the rest, and known to Docker as a stack', async () => {
    const { steps } = succeeded(await applyEdit(stage.api, 'demo', deploy));
    expect(steps.map(({ step }) => step.id)).toEqual([
      'create-network:shop_front',
      'create-network:shop_back',
      'create-service:shop_web',
      'create-service:shop_api',
      'verify',
    ]);
    expect(await stacks()).toEqual(['shop 2']);
  });

  test('has services that find each other by the names of the file', async () => {
    const host = stage.lab.host('h2');
    const [web = ''] = await linesOf(host, ['docker', 'ps', '--quiet', '--filter', 'name=shop_web']);
    const page = await linesOf(host, ['docker', 'exec', web, 'wget', '-q', '-O', '-', 'http://api']);
    expect(page.join()).toContain('nginx');
  });

  test('gives its services what the swarm holds, whose values nobody here sees', async () => {
    const ofOneMachine = { restart: 'always', container_name: 'holder', depends_on: [], expose: [80], shm_size: '16m' };
    const given = { secrets: [{ source: 'key', mode: '0400' }], configs: ['site'], volumes: ['data:/data'] };
    const compose = {
      services: { api: { image: 'nginx', ...given, ...ofOneMachine } },
      volumes: { data: {} },
      secrets: { key: { external: true, name: 'api_key' } },
      configs: { site: { external: true } },
    };
    const edit = { verb: 'stack deploy', args: { name: 'held', compose } };
    const refused = await applyEdit(stage.api, 'demo', edit);
    expect(refused.error?.message).toContain('is given the secret api_key, which the swarm does not hold.');
    const manager = stage.lab.host('h1');
    await manager.exec(['docker', 'secret', 'create', 'api_key', '-'], { stdin: heldValue });
    await manager.exec(['docker', 'config', 'create', 'site', '-'], { stdin: 'a site' });
    const { plan } = succeeded(await applyEdit(stage.api, 'demo', edit));
    const noted = plan?.warnings.flatMap(({ severity, message }) => (severity === 'note' ? message : []));
    expect(noted?.map((note) => /`(\w+)` of api is left out/.exec(note)?.[1])).toEqual(['container_name', 'expose']);
    expect(succeeded(await applyEdit(stage.api, 'demo', edit)).steps).toEqual([]);
    const [node = ''] = await linesOf(manager, ['docker', 'service', 'ps', '--format', '{{.Node}}', 'held_api']);
    const host = stage.lab.host(node);
    const [api = ''] = await linesOf(host, ['docker', 'ps', '--quiet', '--filter', 'name=held_api']);
    const read = (file: string) => linesOf(host, ['docker', 'exec', api, 'cat', file]);
    expect([await read('/run/secrets/key'), await read('/site')]).toEqual([[heldValue], ['a site']]);
    expect(await linesOf(host, ['docker', 'volume', 'ls', '--quiet'])).toContain('held_data');
    const inside = (...command: string[]) => linesOf(host, ['docker', 'exec', api, ...command]);
    expect((await inside('wget', '-q', '-O', '-', 'http://holder')).join()).toContain('nginx');
    expect((await inside('df', '-k', '/dev/shm')).join()).toMatch(/\b16384\b/);
    succeeded(await applyEdit(stage.api, 'demo', { verb: 'stack rm', args: { name: 'held' } }));
  });

  test('makes the configs that its file says, and gives its services what they say now', async () => {
    const manager = stage.lab.host('h1');
    const deployed = async (content: string) => {
      const services = { api: { image: 'nginx', configs: ['motd'] } };
      const args = { name: 'conf', compose: { services, configs: { motd: { content } } } };
      const { plan, steps } = succeeded(await applyEdit(stage.api, 'demo', { verb: 'stack deploy', args }));
      const changes = steps.flatMap(({ step }) => (step.kind === 'create-config' ? step.args.changes : []));
      return { revision: plan?.revision ?? 0, ids: steps.map(({ step }) => step.id), changes };
    };
    const made = () => linesOf(manager, ['docker', 'config', 'ls', '--format', '{{.Name}}', '--filter', ofOurs]);
    const read = async () => {
      const running = ['--filter', 'desired-state=running', '--format', '{{.Node}}', 'conf_api'];
      const [node = ''] = await linesOf(manager, ['docker', 'service', 'ps', ...running]);
      const host = stage.lab.host(node);
      const [task = ''] = await linesOf(host, ['docker', 'ps', '--quiet', '--latest', '--filter', 'name=conf_api']);
      return linesOf(host, ['docker', 'exec', task, 'cat', '/motd']);
    };
    const first = await deployed('one');
    const [one = ''] = await made();
    expect([one, await read()]).toEqual([expect.stringMatching(/^conf_motd-[0-9a-f]{12}$/), ['one']]);
    const change = ['create-config:conf_motd', 'update-service:conf_api', `remove-config:${one}`, 'verify'];
    const second = await deployed('two');
    expect([second.ids, second.changes]).toEqual([change, ['-one (no end of line)', '+two (no end of line)']]);
    const [two = '', ...others] = await made();
    expect([two === one, others, await read()]).toEqual([false, [], ['two']]);
    expect((await deployed('two')).ids).toEqual([]);

    const back = { verb: 'rollback', args: { to: first.revision } };
    succeeded(await applyEdit(stage.api, 'demo', back));
    expect([await made(), await read()]).toEqual([[one], ['one']]);

    await manager.exec(['docker', 'service', 'rm', 'conf_api']);
    await manager.exec(['docker', 'config', 'rm', one]);
    expect((await deployed('one')).ids).toContain('create-config:conf_motd');
    expect([await made(), await read()]).toEqual([[one], ['one']]);
    succeeded(await applyEdit(stage.api, 'demo', { verb: 'stack rm', args: { name: 'conf' } }));
    expect(await made()).toEqual([]);
  });

  test('is as the file says when it is deployed again, and gone when it is removed', async () => {
    const marks = await markEngines(stage.lab);
    expect(succeeded(await applyEdit(stage.api, 'demo', deploy)).steps).toEqual([]);
    expect(await marks.calls()).toEqual({});
    succeeded(await applyEdit(stage.api, 'demo', { verb: 'stack rm', args: { name: 'shop' } }));
    expect(await stacks()).toEqual([]);
    const networks = await linesOf(stage.lab.host('h1'), ['docker', 'network', 'ls', '--format', '{{.Name}}']);
    expect(networks.filter((name) => name.startsWith('shop_'))).toEqual([]);
  });
});

describe('the trace of the apply', () => {
  const spanOf = (name: string) => tracer.spans.filter((span) => span.name === name);

  test('leads from the request over operation and steps to every call of an engine and every login', () => {
    const init = spanOf('engine POST /swarm').find((span) => tracer.above(span).includes('step init-swarm'));
    if (init === undefined) throw new Error('the init of the swarm is not in the trace');
    const whole = ['step init-swarm', 'operation apply', 'POST /v1/clusters/:cluster/apply'];
    expect(tracer.above(init)).toEqual(whole);
    const logins = spanOf('ssh connect');
    expect(logins.length).toBeGreaterThanOrEqual(3);
    expect(logins.every((span) => tracer.above(span).some((name) => name.startsWith('operation ')))).toBe(true);
    const facts = spanOf('ssh exec').find((span) => tracer.above(span).includes('plan'));
    expect(facts?.attributes).toMatchObject({ 'flotilla.host': expect.stringMatching(/^h[123]$/) });
    expect(spanOf('step verify').length).toBeGreaterThan(0);
    expect(tracer.spans.filter(({ end }) => end === null)).toEqual([]);
  });

  test('and the log tells of each step, under the ids of its operation and its request', () => {
    const entries = stage.entries.map((entry) => z.looseObject({ msg: z.string() }).parse(JSON.parse(entry)));
    expect(entries.find(({ step }) => step === 'init-swarm:h1')).toMatchObject({
      level: 'info',
      msg: 'step done',
      host: 'h1',
      operationId: expect.stringMatching(/^op_/),
      requestId: expect.stringMatching(/^req_/),
    });
  });
});

describe('the figures for Prometheus', () => {
  test('tell of steps, of logins by SSH and of the queue', async () => {
    const { url, adminToken } = stage.flotilla;
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
    const metrics = readMetrics(await answer.text());
    const valueOf = (name: string, labels = '') => metrics.get(name)?.samples.get(`${name}{${labels}}`);
    expect(valueOf('flotilla_steps_total', 'kind="init-swarm",outcome="done"')).toBe(1);
    expect(metrics.get('flotilla_step_seconds')?.samples.get('flotilla_step_seconds_count{kind="join-worker"}')).toBe(
      2,
    );
    expect(valueOf('flotilla_ssh_handshakes_total', 'outcome="ok"')).toBeGreaterThanOrEqual(3);
    expect(valueOf('flotilla_ssh_connections')).toBe(3);
    expect([valueOf('flotilla_queue_up'), valueOf('flotilla_queue_jobs', 'state="waiting"')]).toEqual([1, 0]);
    expect(valueOf('flotilla_report_passed', 'cluster="demo",kind="verification"')).toBe(1);
  });
});

describe('what is secret', () => {
  test('join tokens and the SSH key are written nowhere: no log, no answer, no database, no Redis, no spool', async () => {
    const { lab, flotilla, dataDir, entries } = stage;
    const tokens = await Promise.all(
      ['worker', 'manager'].map((role) => linesOf(lab.host('h1'), ['docker', 'swarm', 'join-token', '--quiet', role])),
    );
    const key = readFileSync(lab.sshKeyFile, 'utf8').split('\n').slice(1, -2);
    const secrets = [
      ...tokens.flat().map((token) => ({ name: 'a join token', secret: token.split('-').at(-1) ?? '' })),
      ...key.slice(-3).map((line) => ({ name: 'the SSH key', secret: line })),
      { name: 'a secret of the swarm', secret: heldValue },
    ];
    expect(secrets.map(({ secret }) => secret.length > 20)).toEqual([true, true, true, true, true, true]);
    const traces = [
      ...filesBelow(dataDir),
      ...(await answersOf(flotilla)),
      traceOf('log', [...said, ...entries].join('\n')),
      traceOf('spans', JSON.stringify(tracer.spans)),
    ];
    expect(sightings(traces, secrets)).toEqual([]);
    const [swarm = ''] = await linesOf(lab.host('h1'), ['docker', 'info', '--format', '{{.Swarm.Cluster.ID}}']);
    const found = sightings(traces, [{ name: 'the swarm', secret: swarm }]).map((one) => one.split(':')[0] ?? '');
    for (const place of [/^flotilla\.db/, /^GET /]) expect(found).toContainEqual(expect.stringMatching(place));
    expect(traces.map(({ where }) => where)).toContainEqual(expect.stringMatching(/^redis\/.*aof$/));
  });
});
