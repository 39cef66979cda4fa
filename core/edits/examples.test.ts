import { expect, test } from 'vitest';
import { parseCommand } from '../command/parse.ts';
import { applyEdit, isVerb, verbs } from '../edits.ts';
import type { Spec } from '../spec/spec.ts';

/** As somebody tries out one example of the help after the other: what is there can be removed, and no sooner. */
const inTurn = [
  'cluster create',
  'network create',
  'service create',
  'service update',
  'container run',
  'node add',
  'node set',
  'cluster rotate-token',
  'container rm',
  'service rm',
  'network rm',
  'node rm',
  'cluster rm',
] as const;

/* A Compose file comes from a file, and the way back needs a revision: both are tried with the commands themselves. */
const apart = ['stack deploy', 'stack rm', 'rollback'];

test('the examples of all verbs can be said one after the other', () => {
  expect([...inTurn, ...apart].toSorted()).toEqual(Object.keys(verbs).toSorted());
  let current: Spec | null = null;
  for (const name of inTurn) {
    const parsed = parseCommand(verbs[name].example);
    if (!parsed.ok || !isVerb(parsed.intent.command)) throw new Error(`${name}: ${JSON.stringify(parsed)}`);
    const { command: verb, args } = parsed.intent;
    current = applyEdit({ verb, args, current });
  }
  expect(Object.keys(current?.nodes ?? {})).toEqual([]);
});
