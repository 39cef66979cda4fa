import { describe, expect, test } from 'vitest';
import { applyEdit } from '../edits.ts';
import { AppError } from '../errors.ts';
import { parseSpec } from '../spec/parse.ts';
import type { Spec, SpecInput } from '../spec/spec.ts';

const specOf = (input: Partial<SpecInput> = {}): Spec => {
  const parsed = parseSpec({ cluster: 'demo', nodes: { h1: { role: 'manager' } }, ...input });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.spec;
};
const edit = (verb: string, args: Record<string, unknown>, current: Spec = specOf()): Spec =>
  applyEdit({ verb, args, current });
const issuesOf = (run: () => unknown): string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return (error.issues ?? []).map(({ pointer, message }) => `${pointer} ${message}`);
  }
  return [];
};

const runtime = { user: 'app', workdir: '/srv', init: true, read_only: true, stop_grace_period: '30s' };
const health = { health_cmd: 'true', health_interval: '10s', health_retries: 2 };

describe("Docker's own flags", () => {
  test('say of a service how it runs, what it may use and what it mounts; a volume is declared along', () => {
    const { services, volumes } = edit('service create', {
      name: 'web',
      image: 'nginx',
      ...runtime,
      ...health,
      mount: ['type=volume,src=data,dst=/data,readonly', 'type=bind,source=/etc,target=/hostetc,ro=true'],
      limit_memory: '64m',
      reserve_cpu: '0.5',
      restart_condition: 'on-failure',
    });
    expect(volumes).toEqual({ data: {} });
    expect(services['web']).toMatchObject({
      user: 'app',
      working_dir: '/srv',
      init: true,
      read_only: true,
      stop_grace_period: '30s',
      healthcheck: { test: ['CMD-SHELL', 'true'], interval: '10s', retries: 2 },
      volumes: [
        { type: 'volume', source: 'data', target: '/data', read_only: true },
        { type: 'bind', source: '/etc', target: '/hostetc', read_only: true },
      ],
      deploy: {
        resources: { limits: { memory: '64m' }, reservations: { cpus: '0.5' } },
        restart_policy: { condition: 'on-failure' },
      },
    });
  });

  test('say it of a container', () => {
    const args = { name: 'tool', host: 'h1', image: 'nginx', ...runtime, ...health, cpus: '0.5', memory: '64m' };
    expect(edit('container run', { ...args, mount: ['source=data,target=/data'] }).containers['tool']).toMatchObject({
      user: 'app',
      cpus: '0.5',
      mem_limit: '64m',
      volumes: [{ type: 'volume', source: 'data', target: '/data' }],
    });
  });

  test('change of a service what they name and nothing else', () => {
    const before = edit('service create', {
      name: 'web',
      image: 'nginx',
      ...health,
      mount: ['source=data,target=/data', 'source=logs,target=/logs'],
      limit_memory: '64m',
      restart_condition: 'none',
    });
    const given = { mount: ['source=more,target=/more'], mount_rm: ['/logs'], health_retries: 5, limit_cpu: '1' };
    const { services, volumes } = edit('service update', { name: 'web', ...given }, before);
    expect(Object.keys(volumes ?? {}).toSorted()).toEqual(['data', 'logs', 'more']);
    expect(services['web']).toMatchObject({
      healthcheck: { test: ['CMD-SHELL', 'true'], interval: '10s', retries: 5 },
      volumes: [{ target: '/data' }, { target: '/more' }],
      deploy: { resources: { limits: { cpus: '1', memory: '64m' } }, restart_policy: { condition: 'none' } },
    });
    expect(edit('service update', { name: 'web', replicas: 2 }, before).services['web']).toEqual({
      ...before.services['web'],
      deploy: { ...before.services['web']?.deploy, replicas: 2 },
    });
  });

  test('that the spec does not know are refused with it', () => {
    const mount = ['type=bind,source=etc,target=/x', 'source=data,target=/data,volume-nocopy=true'];
    const issues = issuesOf(() => edit('service create', { name: 'web', image: 'nginx', mount }));
    expect(issues).toContain('/services/web/volumes/1/volume-nocopy is not a known key');
  });
});
