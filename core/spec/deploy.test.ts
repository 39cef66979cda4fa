import { describe, expect, test } from 'vitest';
import { parseSpec } from './parse.ts';

const specWith = (deploy: Record<string, unknown>, container: Record<string, unknown> = {}) => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  services: { web: { image: 'nginx', deploy } },
  containers: { tool: { image: 'tool', host: 'h1', ...container } },
});

function wrong(...parts: Parameters<typeof specWith>): string[] {
  const parsed = parseSpec(specWith(...parts));
  return parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);
}

test('amounts are kept in one way, and a parsed spec parses to itself', () => {
  const parsed = parseSpec(
    specWith(
      {
        resources: {
          limits: { cpus: 0.5, memory: '1024m', pids: 100 },
          reservations: { cpus: '0.25', memory: 67_108_864 },
        },
        restart_policy: { delay: '90s' },
        update_config: { max_failure_ratio: '0.3' },
      },
      { cpus: '1.50', mem_limit: '1.5gb', mem_reservation: '64M', pids_limit: -1 },
    ),
  );
  expect(parsed).toMatchObject({
    ok: true,
    spec: {
      services: {
        web: {
          deploy: {
            resources: {
              limits: { cpus: '0.5', memory: '1g', pids: 100 },
              reservations: { cpus: '0.25', memory: '64m' },
            },
            restart_policy: { condition: 'any', delay: '1m30s' },
            update_config: { parallelism: 1, max_failure_ratio: 0.3, order: 'stop-first', failure_action: 'pause' },
          },
        },
      },
      containers: { tool: { cpus: '1.5', mem_limit: '1536m', mem_reservation: '64m', pids_limit: -1 } },
    },
  });
  expect(parseSpec('spec' in parsed ? parsed.spec : undefined)).toEqual(parsed);
});

describe('what does not go together is told', () => {
  test.each<[Record<string, unknown>, ...string[]]>([
    [{ resources: { limits: { memory: '512' } } }, '/resources/limits/memory must be at least 6m'],
    [{ resources: { limits: { memory: '512x' } } }, '/resources/limits/memory write a size such as `512m` or `1g`'],
    [{ resources: { limits: { cpus: 0 } } }, '/resources/limits/cpus must be at least 0.01'],
    [
      { resources: { limits: { cpus: '0.5', memory: '64m' }, reservations: { cpus: 1, memory: '65m' } } },
      '/resources/reservations/cpus must be at most the limit, 0.5',
      '/resources/reservations/memory must be at most the limit, 64m',
    ],
    [{ restart_policy: { condition: 'always' } }, '/restart_policy/condition must be `any` or `on-failure` or `none`'],
    [{ update_config: { max_failure_ratio: 2 } }, '/update_config/max_failure_ratio must be from 0 to 1'],
    [
      { rollback_config: { failure_action: 'rollback' } },
      '/rollback_config/failure_action must be `pause` or `continue`',
    ],
    [
      { replicas: 10, update_config: { delay: '1m' } },
      '/update_config/delay makes 10 tasks wait for 540 s in all; a step waits for at most 240 s',
    ],
    [{ replicas: 10, update_config: { delay: '1m', parallelism: 5 } }],
    [
      { mode: 'global', placement: { max_replicas_per_node: 1 } },
      '/placement/max_replicas_per_node does not go with `mode: global`, which runs one task on each node',
    ],
    [
      { placement: { preferences: [{ spread: 'zone' }] } },
      '/placement/preferences/0/spread is not a label such as `node.labels.zone`',
    ],
  ])('%j', (deploy, ...messages) => {
    expect(wrong(deploy)).toEqual(messages.map((message) => `/services/web/deploy${message}`));
  });

  test('a container that reserves more than its limit', () => {
    expect(wrong({}, { mem_limit: '64m', mem_reservation: '65m' })).toEqual([
      '/containers/tool/mem_reservation must be at most the limit, 64m',
    ]);
  });
});
