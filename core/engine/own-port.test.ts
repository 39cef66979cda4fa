import { expect, test } from 'vitest';
import { isPortOfOwn } from './own-port.ts';

test.each([
  ['no suitable node (host-mode port already in use on 1 node)', 1, true],
  ['no suitable node (host-mode port already in use on 2 nodes; 1 node not available for new tasks)', 2, true],
  ['no suitable node (host-mode port already in use on 2 nodes)', 1, false],
  ['no suitable node (host-mode port already in use on 1 node)', 0, false],
  ['no suitable node (scheduling constraints not satisfied on 1 node)', 1, false],
  ['listen tcp4 0.0.0.0:8080: bind: address already in use', 1, false],
])('%s, with %i of its tasks placed: its own is %s', (error, running, isOwn) => {
  expect(isPortOfOwn(error, running)).toBe(isOwn);
});
