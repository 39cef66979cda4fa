import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OperationView } from '#core/wire.ts';
import { applied, applyEdit, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf } from './support/verifications.ts';

/** The leading manager is gone for good: it is taken out by force, and the token that it knew is made anew. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'manager-gone', hosts: 3 });
  const manager = { role: 'manager' as const };
  await applied(stage.api, { cluster: 'demo', nodes: { h1: manager, h2: manager, h3: manager } });
  await stage.lab.host('h1').stopEngine();
});
afterAll(async () => {
  await stage?.close();
});

const edit = (verb: string, args: Record<string, unknown>): Promise<OperationView> =>
  applyEdit(stage.api, 'demo', { verb, args });
const stepIds = ({ steps }: OperationView): string[] => steps.map(({ step }) => step.id);
const onH2 = (...argv: string[]): Promise<string[]> => linesOf(stage.lab.host('h2'), ['docker', ...argv]);

test('it is demoted and taken off the list by force, just after another one has taken the lead', async () => {
  const view = succeeded(await edit('node rm', { host: 'h1', force: true }));
  expect(stepIds(view)).toEqual(['set-node:h1', 'remove-node:h1']);
  expect(await onH2('node', 'ls', '--format', '{{.Hostname}}')).toEqual(['h2', 'h3']);
});

test.each(['worker', 'manager'])('the token of %ss is another one then, and nothing has told it', async (role) => {
  const token = async (): Promise<string> => (await onH2('swarm', 'join-token', '--quiet', role)).join();
  const before = await token();
  const view = succeeded(await edit('cluster rotate-token', { role }));
  expect(stepIds(view)).toEqual([`rotate-join-token:${role}`]);
  const after = await token();
  expect(after).not.toBe(before);
  const told = JSON.stringify(view) + stage.entries.join('\n');
  expect(told).not.toContain(before);
  expect(told).not.toContain(after);
});

test('one that is there leaves in order, to one that stays alone', async () => {
  const view = succeeded(await edit('node rm', { host: 'h3' }));
  expect(stepIds(view)).toEqual(['set-node:h3', 'drain-node:h3', 'leave-swarm:h3', 'remove-node:h3']);
  expect(await onH2('node', 'ls', '--format', '{{.Hostname}}')).toEqual(['h2']);
});
