import { expect, test } from 'vitest';
import { failureLines } from './failure-view.ts';

test('a failure is what happened, where, what was done and what to do, broken at the window', () => {
  const failure = {
    code: 'invalid_spec',
    message: 'demo.yaml is not a valid spec',
    host: 'h1',
    done: 'Nothing was sent, and nothing was changed on any host.',
    next: 'Mend it.',
    issues: [
      { pointer: '/networks/x/subnet', line: 14, message: 'is not a network' },
      { pointer: '', line: 3, message: 'bad indentation' },
    ],
  };
  expect(failureLines(failure, { file: 'demo.yaml', width: 50 })).toEqual([
    'Error: demo.yaml is not a valid spec',
    '       [invalid_spec]',
    '  demo.yaml:14 networks.x.subnet: is not a',
    '  network',
    '  demo.yaml:3: bad indentation',
    '  Host: h1',
    '  Done: Nothing was sent, and nothing was changed',
    '        on any host.',
    '  Next: Mend it.',
  ]);
});

test('without a file an issue is a path in the request', () => {
  const issues = [{ pointer: '/label/0', message: 'write `name=value`' }];
  expect(failureLines({ code: 'invalid_input', message: 'no', issues })).toEqual([
    'Error: no [invalid_input]',
    '  label[0]: write `name=value`',
  ]);
});

test('where there is a way back, it is told last', () => {
  const failure = {
    code: 'step_failed',
    message: 'no',
    next: 'Mend it.',
    undo: 'flotilla rollback 2 --cluster demo',
  };
  expect(failureLines(failure).at(-1)).toBe('  Undo: flotilla rollback 2 --cluster demo');
});

test('an issue whose words are in the message already is not told twice, but for its line in a file', () => {
  const issues = [{ pointer: '/nodes/h9', message: 'no host h9 is registered' }];
  const failure = { code: 'invalid_spec', message: 'The nodes cannot be used: no host h9 is registered', issues };
  expect(failureLines(failure)).toHaveLength(1);
  expect(failureLines(failure, { file: 'demo.yaml' })[1]).toBe('  demo.yaml nodes.h9: no host h9 is registered');
});

test('a place that the message has as a pointer is read as a path', () => {
  const issues = [{ pointer: '/rules/0/command', message: 'There is no command `x`' }];
  const failure = { code: 'invalid_input', message: 'Not valid at /rules/0/command: There is no command `x`', issues };
  expect(failureLines(failure)).toEqual([
    'Error: Not valid at rules[0].command: There is no command `x` [invalid_input]',
  ]);
});

test('a moment in a refusal is told as everywhere in the terminal', () => {
  const failure = { code: 'locked', message: 'demo is locked until 2026-10-04T08:15:30.123Z: a release.' };
  expect(failureLines(failure)).toEqual(['Error: demo is locked until 2026-10-04 08:15:30Z: a release. [locked]']);
});
