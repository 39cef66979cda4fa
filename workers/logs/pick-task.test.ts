import { expect, test } from 'vitest';
import { pickTask } from './pick-task.ts';
import type { Found } from './service-sources.ts';

const source = (name: string, host: string, task: string) => ({ name, host, task, container: `c-${task}` });
const found: Found = {
  sources: [
    source('web.1', 'h1', 'k3j9xqaaaaaa'),
    source('web.1.b7m2zz', 'h2', 'b7m2zzbbbbbb'),
    source('web.10', 'h2', 'q8r4ttcccccc'),
  ],
  unseen: [
    { type: 'unseen', name: 'web.2', host: 'h3', task: 'd5n6uudddddd', reason: 'away', code: 'host_unreachable' },
  ],
  notes: [],
};
const names = (task: string): string[] => {
  const { sources, unseen } = pickTask(found, { name: 'web', task });
  return [...sources, ...unseen].map((one) => one.name);
};

test.each([
  ['web.1', ['web.1', 'web.1.b7m2zz']],
  ['1', ['web.1', 'web.1.b7m2zz']],
  ['web.1@h1', ['web.1']],
  ['web.1.b7m2zz', ['web.1.b7m2zz']],
  ['b7m2', ['web.1.b7m2zz']],
  ['k3j9xqaaaaaa', ['web.1']],
  ['web.2', ['web.2']],
  ['10', ['web.10']],
])('%s names %j', (said, meant) => expect(names(said)).toEqual(meant));

test('one that is not there is refused, with those that are', () => {
  expect(() => names('web.3')).toThrow(/has no task web\.3; did you mean `web\.1`\?/);
  expect(() => names('b7m')).toThrow('has no task b7m');
});

test('what is not known of any task is not known of this one either', () => {
  const host = { type: 'unseen', name: 'web', host: 'h9', task: null, reason: 'away', code: 'timeout' } as const;
  const all = pickTask({ ...found, unseen: [host] }, { name: 'web', task: 'web.10' });
  expect(all.unseen).toEqual([host]);
});
