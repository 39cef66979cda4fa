import { expect, test } from 'vitest';
import { parseSpec } from '#core/spec/parse.ts';
import type { StepContainer } from '#core/step.ts';
import { containerBody } from './container-body.ts';

const context = { cluster: 'demo', operation: 'op_1' };
const id = 'a3f0'.repeat(16);

function specOf(networks: string[]): StepContainer {
  const parsed = parseSpec({
    cluster: 'demo',
    nodes: { h1: { role: 'manager' } },
    networks: Object.fromEntries(networks.map((name) => [name, { attachable: true }])),
    containers: { tool: { host: 'h1', image: 'busybox', networks } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const { tool } = parsed.spec.containers;
  if (tool === undefined) throw new Error('the spec has lost its container');
  return tool;
}

test('a container is put on its network by id, so that no name is taken for the start of another one’s id', () => {
  const { body, more } = containerBody('tool', specOf(['a']), [{ name: 'a', target: id, aliases: ['tool'] }], context);
  expect(body).toMatchObject({
    HostConfig: { NetworkMode: id },
    NetworkingConfig: { EndpointsConfig: { [id]: { Aliases: ['tool'] } } },
  });
  expect(more).toEqual([]);
});

test('networks after the first are left to be connected', () => {
  const second = { name: 'b', target: 'b'.repeat(64), aliases: ['tool'] };
  const attachments = [{ name: 'a', target: id, aliases: ['tool'] }, second];
  const { body, more } = containerBody('tool', specOf(['a', 'b']), attachments, context);
  expect(body['NetworkingConfig']).toEqual({ EndpointsConfig: { [id]: { Aliases: ['tool'] } } });
  expect(more).toEqual([second]);
});

test('a network of the engine itself goes by its name, without an alias', () => {
  const { body } = containerBody('tool', specOf([]), [{ name: 'bridge', target: 'bridge', aliases: [] }], context);
  expect(body).toMatchObject({
    HostConfig: { NetworkMode: 'bridge' },
    NetworkingConfig: { EndpointsConfig: { bridge: {} } },
  });
});

test('without any network the engine chooses', () => {
  const { body } = containerBody('tool', specOf([]), [], context);
  expect(body['NetworkingConfig']).toBeUndefined();
  expect(body['HostConfig']).not.toHaveProperty('NetworkMode');
});
