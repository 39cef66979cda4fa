import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import { settle } from '#faults/settle.ts';
import { until } from '#lab/wait.ts';
import { applied, applySpec, ended, requestVerify, succeeded } from './support/operations.ts';
import { filesBelow, sightings, traceOf } from '#test/canaries/canary.ts';
import { askForLogs, fetchLogs } from '#test/api/printed.ts';
import { createStage, type Stage } from './support/stage.ts';
import { lastVerification, pairLines, probersLeft } from './support/verifications.ts';

/** Every node is Ready the whole time: only the proof shows that something is broken. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'verification-fails', hosts: 3 });
  await applied(stage.api, spec);
});
afterAll(async () => {
  await stage?.close();
});

const spec: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {}, h3: {} },
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
  services: { web: { image: 'nginx', networks: ['net'], deploy: { mode: 'global' } } },
  verify: { connectivity: 'full' },
};

/** What a service printed, as who asked gets it. */
const printed = async (what: { service: string }) => fetchLogs(stage.api, (await askForLogs(stage.api, what)).id);

const verify = async () => ended(stage.api, await requestVerify(stage.api, 'demo'));

describe('a host that loses VXLAN packets', () => {
  test('fails the verification, which names the cause and the hosts', async () => {
    await stage.lab.host('h2').fault('vxlan');
    const { state, error } = await verify();
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    expect(error?.next).toContain('to any port 4789');
    const { findings, verdict } = await lastVerification(stage.api, 'demo');
    expect(verdict).toBe('failed');
    expect(findings.map(({ id }) => id)).toEqual(['data-port-blocked']);
    expect(findings[0]).toMatchObject({ hosts: ['h2'], confidence: 'certain' });
    expect(findings[0]?.message).toContain('into and out of h2');
    expect(pairLines(await lastVerification(stage.api, 'demo'))).toEqual([
      'h1 → h2 failed',
      'h1 → h3 ok',
      'h2 → h1 failed',
      'h2 → h3 failed',
      'h3 → h1 ok',
      'h3 → h2 failed',
    ]);
  });

  test('fails an apply that changed something, which says what was done', async () => {
    const more: SpecInput = { ...spec, containers: { tool: { host: 'h2', image: 'nginx', networks: ['net'] } } };
    const { state, error, steps } = await applySpec(stage.api, more);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    expect(error?.done).toContain(`${steps.length - 1} of ${steps.length} steps were done`);
    expect(steps.find(({ step }) => step.id === 'run-container:tool')?.outcome?.kind).toBe('done');
    expect(steps.find(({ step }) => step.id === 'verify')?.outcome).toMatchObject({
      kind: 'failed',
      findings: [{ id: 'data-port-blocked' }],
    });
  });

  test('passes once it is healed', async () => {
    await stage.lab.host('h2').heal();
    expect(succeeded(await verify()).result).toMatchObject({ verdict: 'passed' });
    expect(await probersLeft(stage.lab)).toEqual([]);
  });
});

const healAll = async (): Promise<void> => {
  await Promise.all(stage.lab.hosts.map((host) => host.heal()));
};

describe('a host with a smaller MTU than the network promises', () => {
  afterEach(healAll);
  test('fails the verification by its large packets only', async () => {
    await stage.lab.host('h3').fault('mtu', { size: 1400 });
    const { state, error } = await verify();
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    const { findings, checks } = await lastVerification(stage.api, 'demo');
    expect(findings.map(({ id }) => id)).toEqual(['mtu-too-small']);
    expect(findings[0]?.hosts).toEqual(['h3']);
    expect(checks.filter(({ check }) => check === 'ping').every(({ result }) => result === 'ok')).toBe(true);
  });
});

describe('a host that goes away', () => {
  afterEach(async () => {
    await healAll();
    await settle(stage.lab, true);
  });

  test('with its engine leaves the verification incomplete: its pairs are unknown, the others are told', async () => {
    const h3 = stage.lab.host('h3');
    await h3.stopEngine();
    const { state, error } = await verify();
    const records = await printed({ service: 'web' });
    await h3.startEngine();
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    expect(error?.next).toContain('On h3: `systemctl start docker`');
    const verification = await lastVerification(stage.api, 'demo');
    expect(verification.verdict).toBe('incomplete');
    expect(verification.findings).toMatchObject([{ id: 'engine-down', hosts: ['h3'] }]);
    expect(new Set(records.flatMap((one) => (one.type === 'source' ? [one.host] : [])))).toEqual(new Set(['h1', 'h2']));
    expect(records.flatMap((one) => (one.type === 'unseen' ? [one] : []))).toMatchObject([
      { host: 'h3', reason: expect.stringContaining('h3') },
    ]);
    expect(pairLines(verification)).toEqual([
      'h1 → h2 ok',
      'h1 → h3 unknown',
      'h2 → h1 ok',
      'h2 → h3 unknown',
      'h3 → h1 unknown',
      'h3 → h2 unknown',
    ]);
  });

  test('in the middle of a verification as well', async () => {
    const { lab, api } = stage;
    // As long as packets to h2 are lost, the checks are asked again.
    await lab.host('h2').fault('vxlan');
    const operation = await requestVerify(api, 'demo');
    await until('a probe runs on h3', async () => (await probersLeft(lab)).some((name) => name.startsWith('h3')));
    await lab.host('h3').fault('engine-down');
    await lab.host('h2').heal();
    const { state, error } = await ended(api, operation);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    const verification = await lastVerification(api, 'demo');
    expect(verification.verdict).toBe('incomplete');
    expect(verification.findings).toMatchObject([{ id: 'host-not-seen', hosts: ['h3'] }]);
    const pairs = pairLines(verification);
    expect(pairs).toContain('h1 → h2 ok');
    expect(pairs).toContain('h2 → h1 ok');
    expect(pairs).toContain('h3 → h2 unknown');
  });

  test('and is proved again once it is back, with nothing of the probes left anywhere', async () => {
    expect(succeeded(await verify()).result).toMatchObject({ verdict: 'passed' });
    expect(await probersLeft(stage.lab)).toEqual([]);
  });
});

describe('a program that ends soon after it has begun', () => {
  /** Alone on a host of its network, so that everything there is asked from inside it. */
  const crashing: SpecInput = {
    ...spec,
    networks: { ...spec.networks, own: { attachable: false } },
    services: {
      ...spec.services,
      other: { image: 'nginx', networks: ['own'], deploy: { placement: { constraints: ['node.hostname==h2'] } } },
      api: {
        image: 'nginx',
        // What it prints stands in no spec.
        command: ['sh', '-c', 'echo $((123456 * 654321)); sleep 2; echo on stderr >&2; exit 3'],
        networks: ['own'],
        deploy: { placement: { constraints: ['node.hostname==h3'] } },
      },
    },
  };

  test('fails the apply by its own name, and the network is not blamed', async () => {
    const { state, error } = await applySpec(stage.api, crashing);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    expect(error?.message).toMatch(/^The service api .*: task: non-zero exit \(3\)\.$/);
    const { findings, checks, pairs } = await lastVerification(stage.api, 'demo');
    const causes = findings.filter(({ consequenceOf }) => consequenceOf === null);
    expect(causes.map(({ id }) => id)).toEqual(['task-failed']);
    expect(causes[0]?.fix).toContain('`flotilla service logs api --cluster demo`');
    expect(checks.filter(({ level, result }) => level === 'L4' && result === 'failed')).toEqual([]);
    expect(pairs.filter(({ result }) => result === 'failed')).toEqual([]);
  });

  test('has said why: read on its host, with its exit code, and written down nowhere', async () => {
    const secret = String(123_456 * 654_321);
    const records = await printed({ service: 'api' });
    const texts = records.flatMap((one) => (one.type === 'line' ? [`${one.stream} ${one.host}: ${one.text}`] : []));
    expect(new Set(texts)).toEqual(new Set([`stdout h3: ${secret}`, 'stderr h3: on stderr']));
    expect(records).toContainEqual(expect.objectContaining({ type: 'source', state: 'exited', exitCode: 3, lines: 2 }));
    const written = [...filesBelow(stage.dataDir), traceOf('log', stage.entries.join('\n'))];
    expect(sightings(written, [{ name: 'what it printed', secret }])).toEqual([]);
  });

  test('is still found out when only looked at', async () => {
    const { error } = await verify();
    expect(error?.message).toContain('The service api ');
    succeeded(await applySpec(stage.api, spec));
  });

  test('as a standalone container as well, though it comes back at another address each time', async () => {
    const box = { host: 'h1', image: 'nginx', command: ['sh', '-c', 'sleep 2; exit 4'], networks: ['net'] };
    const { error } = await applySpec(stage.api, { ...spec, containers: { box } });
    expect(error?.message).toBe('The container box on h1 does not stay up: it ends, and is started again and again.');
    const { findings } = await lastVerification(stage.api, 'demo');
    expect(findings.filter(({ consequenceOf }) => consequenceOf === null).map(({ id }) => id)).toEqual([
      'container-missing',
    ]);
    succeeded(await applySpec(stage.api, spec));
  });
});
