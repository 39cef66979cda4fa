import { expect, test } from 'vitest';
import { parseSpec } from '../spec/parse.ts';
import { containerMark, markDifferences } from './container-mark.ts';

async function markOf(keys: Record<string, unknown> = {}): Promise<string> {
  const parsed = parseSpec({
    cluster: 'demo',
    nodes: { h1: { role: 'manager' } },
    networks: { net: { attachable: true } },
    containers: {
      tool: {
        host: 'h1',
        image: 'tool',
        command: 'a b',
        networks: ['net'],
        ports: ['8081:80'],
        environment: { A: '1' },
        user: 'u',
        ...keys,
      },
    },
  });
  const { tool } = parsed.ok ? parsed.spec.containers : {};
  if (tool === undefined) throw new Error(JSON.stringify(parsed));
  return containerMark(tool);
}

test('the mark of a container is for ever: one that changes replaces every container that runs', async () => {
  expect(await markOf()).toBe(
    '{"command":"0473ef2dc0d324ab","environment":"c73dd9fca58e98a9","image":"dd04afac1bebb050","labels":"44136fa355b3678a",' +
      '"networks":"c99149b51b83ac3b","ports":"a5f69465bdaa4b8b","restart":"f53871137ebeb9d5","user":"a103d1b50c12e8e7"}',
  );
});

test('what is written otherwise and means the same has the same mark; what means something else is named', async () => {
  const mark = await markOf({ healthcheck: { test: 'true', interval: '90s' }, ulimits: { nofile: 10 } });
  const same = {
    healthcheck: { test: ['CMD-SHELL', 'true'], interval: '1m30s' },
    ulimits: { nofile: { soft: 10, hard: 10 } },
  };
  expect(await markOf(same)).toBe(mark);
  expect(markDifferences(mark, await markOf({ ...same, init: true, ulimits: undefined }))).toEqual(['init', 'ulimits']);
});
