import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import type { LabHost } from '#lab/types.ts';
import { applied, applySpec, ended, propose, requestPlan, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';

/** Lab hosts share this machine's kernel, which has no ip_vs: virtual IPs and the routing mesh cannot work on them. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'no-ip-vs', hosts: 2 });
});
afterAll(async () => {
  await stage?.close();
});

const base: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
};
const withWeb = (web: Record<string, unknown>): SpecInput => ({
  ...base,
  services: { web: { image: 'nginx', networks: ['net'], ...web } },
});
const reason = 'the kernel of h1, h2 has no ip_vs, so virtual IPs do not work there';

describe('on kernels without ip_vs', () => {
  test('the plan chooses DNS round robin and ports on each host, and says why', async () => {
    await propose(stage.api, withWeb({ ports: ['8080:80'], deploy: { mode: 'global' } }));
    const { plan } = succeeded(await ended(stage.api, await requestPlan(stage.api, 'demo')));
    expect(plan?.decisions).toContainEqual({
      path: 'services.web.deploy.endpoint_mode',
      value: 'dnsrr',
      reason: `${reason}; ports are published on each host that runs a task`,
    });
    const step = plan?.steps.find(({ id }) => id === 'create-service:web');
    expect(step?.args).toMatchObject({
      spec: { EndpointSpec: { Mode: 'dnsrr', Ports: [{ PublishedPort: 8080, PublishMode: 'host' }] } },
    });
  });

  test('the service really runs so, and answers on each host', async () => {
    const { result } = await applied(stage.api, withWeb({ ports: ['8080:80'], deploy: { mode: 'global' } }));
    expect(result).toMatchObject({ verdict: 'passed' });
    expect(await endpointOf(stage.lab.host('h1'), 'web')).toEqual({ mode: 'dnsrr', ports: ['8080 host'] });
    for (const { address } of stage.lab.hosts) expect((await fetch(`http://${address}:8080`)).status).toBe(200);
  });

  test('what was chosen stays with the revision: a second plan is empty', async () => {
    const { plan } = succeeded(await ended(stage.api, await requestPlan(stage.api, 'demo')));
    expect(plan?.steps).toEqual([]);
  });
});

describe('a spec that insists', () => {
  test('on the routing mesh is refused, with the ways out, and nothing changes', async () => {
    const port = { target: 80, published: 8080, mode: 'ingress' };
    const { state, error, steps } = await applySpec(stage.api, withWeb({ ports: [port], deploy: { mode: 'global' } }));
    expect({ state, code: error?.code }).toEqual({ state: 'blocked', code: 'plan_refused' });
    expect(error?.message).toContain('publishes port 8080 with mode: ingress');
    expect(error?.message).toContain('has no ip_vs and cannot carry the routing mesh');
    expect(error?.next).toContain('mode: host');
    expect(steps).toEqual([]);
    expect(await endpointOf(stage.lab.host('h1'), 'web')).toEqual({ mode: 'dnsrr', ports: ['8080 host'] });
  });

  test('on a virtual IP gets it, and is told that containers cannot reach it by name', async () => {
    const spec = withWeb({ deploy: { mode: 'global', endpoint_mode: 'vip' } });
    await propose(stage.api, spec);
    const { plan } = succeeded(await ended(stage.api, await requestPlan(stage.api, 'demo')));
    const warning = plan?.warnings.find(({ id }) => id === 'ip-vs-missing');
    expect(warning?.hosts).toEqual(['h1', 'h2']);
    expect(warning?.message).toContain('The service web has a virtual IP');
    expect(warning?.fix).toContain('endpoint_mode: dnsrr');
  });

  test('and the proof says that it does not answer by its name', async () => {
    const { state, error } = await applySpec(stage.api, withWeb({ deploy: { mode: 'global', endpoint_mode: 'vip' } }));
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    expect(await endpointOf(stage.lab.host('h1'), 'web')).toEqual({ mode: 'vip', ports: [] });
  });
});

/** How the engine itself says that a service is reached; ports as `8080 host`. */
async function endpointOf(manager: LabHost, service: string): Promise<{ mode: string; ports: string[] }> {
  const format =
    '{{.Spec.EndpointSpec.Mode}}{{range .Spec.EndpointSpec.Ports}},{{.PublishedPort}} {{.PublishMode}}{{end}}';
  const { stdout } = await manager.exec(['docker', 'service', 'inspect', '--format', format, service]);
  const [mode = '', ...ports] = stdout.trim().split(',');
  return { mode, ports };
}
