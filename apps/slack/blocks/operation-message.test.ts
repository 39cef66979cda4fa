import { expect, it } from 'vitest';
import { findingSchema } from '#core/finding.ts';
import { takenDecision } from '#core/plan/taken.ts';
import type { Step } from '#core/step.ts';
import type { OperationView } from '#core/wire.ts';
import { checkMessage, checkView } from '#test/fakes/slack/limits.ts';
import { confirmModal, denyModal, missingModal } from './modals.ts';
import { operationMessage } from './operation-message.ts';

const operation: OperationView = {
  id: 'op_1',
  kind: 'apply',
  cluster: 'prod',
  state: 'running',
  request: { kind: 'apply', revision: 2, digest: null },
  actor: { kind: 'person', person: 'per_1', name: 'Ann', via: 'slack:T1/U123' },
  reason: 'because <!channel>',
  planDigest: 'ab'.repeat(32),
  error: null,
  result: null,
  cancelRequested: false,
  retryOf: null,
  createdAt: '2026-10-04T08:00:00.000Z',
  startedAt: null,
  endedAt: null,
  steps: [],
  plan: null,
  approval: null,
};
const textOf = (view: OperationView): string => JSON.stringify(operationMessage(view));

it('says who asked, why, and what can be done, and calls nobody', () => {
  const text = textOf(operation);
  expect(text).toContain('<@U123>');
  expect(text).toContain('because &lt;!channel&gt;');
  expect(text).toContain('operation-cancel');
  expect(text).toContain('plan `abababababab`');
});

it('shows what a plan warns of and what it notes, also where there is nothing to do', () => {
  const plan = {
    digest: 'ab'.repeat(32),
    cluster: 'prod',
    base: 1,
    revision: 2,
    steps: [],
    decisions: [],
    risk: 'read' as const,
    warnings: [
      findingSchema.parse({ id: 'host-not-seen', severity: 'warning', message: 'h1 is away.' }),
      findingSchema.parse({ id: 'compose-key-left-out', severity: 'note', message: 'Stack shop: it is left out.' }),
    ],
  };
  const text = textOf({ ...operation, kind: 'plan', state: 'succeeded', plan });
  expect(text).toContain('Nothing to do: the cluster is as revision 2 says.');
  expect(text).toContain(':warning: warning host-not-seen: h1 is away.');
  expect(text).toContain(':information_source: note compose-key-left-out: Stack shop: it is left out.');
});

it('shows what a plan takes over by its names, and none of the ids that were decided', () => {
  const plan = {
    digest: 'ab'.repeat(32),
    cluster: 'prod',
    base: null,
    revision: 1,
    steps: [{ id: 'prepare-host:h1', kind: 'prepare-host' as const, host: 'h1', after: [], args: { joins: false } }],
    decisions: [takenDecision('services', 'web', 'id-1'), takenDecision('services', 'api', 'id-2')],
    risk: 'medium' as const,
    warnings: [],
  };
  const text = textOf({ ...operation, kind: 'plan', state: 'succeeded', plan });
  expect(text).toContain('*Taken over as they run*\\nservices web, api');
  expect(text).not.toContain('id-1');
  expect(text).not.toContain('Decided');
});

it('says what happened, what was done and what to do next when it failed', () => {
  const error = { code: 'step_failed', message: 'It broke', done: 'Two steps were done.', next: 'Look at h2.' };
  const text = textOf({ ...operation, state: 'failed', error });
  for (const part of ['It broke', 'Two steps were done.', 'Look at h2.', 'operation-retry'])
    expect(text).toContain(part);
});

it('is within Slack’s limits with two hundred steps, and shows where it is', () => {
  const steps = Array.from({ length: 200 }, (_, at) => ({
    step: {
      id: `s${at}`,
      kind: 'prepare-host' as const,
      host: `host-${at}`,
      args: { joins: true },
      after: [] as string[],
    } satisfies Step,
    state: at < 90 ? ('ended' as const) : ('waiting' as const),
    outcome: at < 90 ? ({ kind: 'done' } as const) : null,
    ms: null,
  }));
  const { text, blocks } = operationMessage({ ...operation, steps });
  expect(checkMessage(text, blocks)).toBeNull();
  expect(JSON.stringify(blocks)).toMatch(/87 steps before.*host-89.*host-90.*93 more steps/s);
});

it('the modals are what Slack takes; a command that is too long to keep has none', () => {
  const reference = { approval: 'apr_1', digest: 'ab'.repeat(32), cluster: 'prod', channel: 'C1' };
  const fields = [
    {
      name: 'image',
      flag: '--image',
      kind: 'text' as const,
      choices: [],
      required: true,
      positional: false,
      alsoFlag: false,
      help: 'x'.repeat(300),
      default: null,
    },
    {
      name: 'mode',
      flag: '--mode',
      kind: 'choice' as const,
      choices: ['global'],
      required: false,
      positional: false,
      alsoFlag: false,
      help: '',
      default: null,
    },
  ];
  const intent = {
    command: 'service create',
    args: { name: 'web' },
    cluster: 'prod',
    reason: null,
    dryRun: false,
    force: false,
  };
  for (const view of [confirmModal(reference), denyModal(reference), missingModal(fields, { channel: 'C1', intent })])
    expect(checkView({ ...view })).toBeNull();
  expect(missingModal(fields, { channel: 'C1', intent: { ...intent, reason: 'x'.repeat(3000) } })).toBeUndefined();
});
