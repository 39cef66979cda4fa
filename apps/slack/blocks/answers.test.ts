import { expect, it } from 'vitest';
import { commands } from '#core/command/commands.ts';
import { helpMessage, refusalMessage } from './answers.ts';

const words = (value: unknown): string => JSON.stringify(value);

it('what to do next is told as it is typed here, where it can be typed here', () => {
  const next =
    'Look with `flotilla ops ls`, or `flotilla break-glass use prod --reason x`, or `flotilla plan -f spec`.';
  const told = words(refusalMessage({ message: 'It is not there', next }));
  expect(told).toContain('`/swarm ops ls`');
  expect(told).toContain('`flotilla break-glass use prod --reason x`');
  expect(told).toContain('`flotilla plan -f spec`');
});

it('help of one command tells what it takes', () => {
  const told = words(helpMessage([commands.get('lock')].filter((one) => one !== undefined)));
  expect(told).toContain('CLUSTER (optional)');
  expect(told).toContain('--for (optional)    How long, such as 30m, 2h or 3d');
});

it('help lists every command once, below what it is for', () => {
  const told = words(helpMessage([...commands.values()]));
  for (const { name, summary } of commands.values()) {
    const line = `${name} `;
    expect(told).toContain(line);
    expect(told.split(summary.slice(0, 30).replaceAll('`', 'ˋ')).length).toBeGreaterThan(1);
  }
  expect(told).toMatch(/\*Ask\*.*\*Run, agree, keep others out\*.*\*Change what a cluster is\*/);
});
