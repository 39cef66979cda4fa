import { expect, test } from 'vitest';
import type { OperationEvent } from '#core/wire.ts';
import { applyEvent } from './apply-event.ts';
import { nothingYet, type Progress } from './progress.ts';

const at = '2026-10-04T08:00:00Z';
const after = (...bodies: OperationEvent['body'][]): Progress =>
  bodies.reduce(
    (progress, body, index) => applyEvent(progress, { id: index + 1, operation: 'op_1', at, body }),
    nothingYet(),
  );

const plan = {
  digest: 'd',
  cluster: 'demo',
  base: null,
  revision: 1,
  steps: [{ id: 'prepare-host:h1', kind: 'prepare-host' as const, host: 'h1', after: [], args: { joins: true } }],
  decisions: [],
  risk: 'low' as const,
  warnings: [],
};

test('a step goes from waiting over running to its outcome, also when its plan is told again on a resume', () => {
  const progress = after(
    { type: 'planned', plan },
    { at, type: 'step-started', step: 'prepare-host:h1' },
    { at, type: 'note', step: 'prepare-host:h1', host: 'h1', text: 'asking' },
    { at, type: 'step-ended', step: 'prepare-host:h1', outcome: { kind: 'done' }, ms: 7 },
    { type: 'planned', plan },
  );
  expect(progress.steps).toMatchObject([{ state: 'ended', outcome: { kind: 'done' }, ms: 7, note: 'asking' }]);
});

test('a note of no step is kept with its host', () => {
  const { notes, steps } = after(
    { at, type: 'note', step: null, host: 'h2', text: 'loading the probe image' },
    { at, type: 'note', step: null, host: null, text: 'looking closer' },
  );
  expect({ notes, steps }).toEqual({ notes: ['h2: loading the probe image', 'looking closer'], steps: [] });
});

test('an event that comes again changes nothing', () => {
  const progress = after({ type: 'state', state: 'running', error: null });
  const repeat: OperationEvent = {
    id: 1,
    operation: 'op_1',
    at,
    body: { type: 'state', state: 'failed', error: null },
  };
  expect(applyEvent(progress, repeat)).toBe(progress);
});

test('a step that no plan told of is still shown', () => {
  expect(after({ at, type: 'step-started', step: 'look:h1' }).steps).toMatchObject([
    { id: 'look:h1', step: null, state: 'running' },
  ]);
});
