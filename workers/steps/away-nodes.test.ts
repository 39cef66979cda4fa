import { expect, test } from 'vitest';
import type { SwarmNode } from '../docker/nodes.ts';
import { awayAmong, awayText, bringBack } from './away-nodes.ts';

const node = (name: string, State: SwarmNode['Status']['State'], Availability: SwarmNode['Spec']['Availability']) =>
  ({
    ID: `node-${name}`,
    Version: { Index: 1 },
    Spec: { Role: 'worker', Availability, Labels: {} },
    Description: { Hostname: `host-of-${name}` },
    Status: { State, Addr: '10.0.0.1' },
  }) as const satisfies SwarmNode;
const hostOf = new Map(['h1', 'h2', 'h3'].map((name) => [`node-${name}`, name]));

test('nodes that take no task are named with what a manager says of them, and lost ones with both ways on', () => {
  const away = awayAmong(
    [node('h3', 'down', 'active'), node('h1', 'ready', 'active'), node('h2', 'ready', 'drain')],
    hostOf,
  );
  expect(awayText(away)).toBe(' h2 is set to `drain`, h3 is down.');
  expect(bringBack(away, 'demo')).toBe(
    'Bring h3 back (`flotilla host probe h3` says what is wrong), then `flotilla ops retry last`. If it is gone for good: `flotilla node rm h3 --cluster demo --force`.',
  );
});

test('where every node takes tasks there is nothing to say; one that was drained is not lost', () => {
  expect(awayText(awayAmong([node('h1', 'ready', 'active')], hostOf))).toBe('');
  const drained = awayAmong([node('h2', 'ready', 'drain')], hostOf);
  expect(bringBack(drained, 'demo')).toBeUndefined();
});

test('a node that is no host of ours has the name that it gives itself', () => {
  expect(awayText(awayAmong([node('other', 'unknown', 'active')], hostOf))).toBe(' host-of-other is unknown.');
});
