import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import type { SwarmFacts } from '#core/observation.ts';
import { formedSwarm } from '#core/testing/observations.ts';
import type { EngineClient } from '../docker/engine.ts';
import { rivalsOf } from './rivals.ts';

const { hosts, swarm } = formedSwarm(['h1', 'h2', 'h3'], []);
const managers = Object.entries(hosts).flatMap(([host, facts]) => (facts.known ? [{ host, facts: facts.value }] : []));

/** The swarm as h1 tells of it, with h3 in this state. */
function toldBy(state: string): SwarmFacts {
  if (!swarm.known || swarm.value === null) throw new Error('no swarm');
  return {
    ...swarm.value,
    nodes: swarm.value.nodes.map((node) => (node.hostname === 'h3' ? { ...node, state } : node)),
  };
}

/** Who each manager says that it follows, question by question; null for one that cannot be asked. */
function ask(leaders: Record<string, (string | null)[]>) {
  const asked: string[] = [];
  const engineOf = (host: string): EngineClient =>
    clientOf(() => {
      asked.push(host);
      const leader = leaders[host]?.shift() ?? null;
      if (leader === null) throw new AppError('engine_unreachable', `${host} is away.`);
      return [
        {
          ID: leader,
          Version: { Index: 1 },
          Spec: { Role: 'manager', Availability: 'active', Labels: {} },
          Description: {},
          Status: {},
          ManagerStatus: { Leader: true },
        },
      ];
    });
  return { asked, engineOf };
}

/** Only the one call that is made of it. */
const clientOf = (answer: () => unknown): EngineClient =>
  ({
    json: async (_: unknown, schema: { parse: (value: unknown) => unknown }) => schema.parse(answer()),
  }) as unknown as EngineClient;

test('nobody is asked while every manager is ready', async () => {
  const { asked, engineOf } = ask({});
  expect(await rivalsOf({ engineOf, managers }, toldBy('ready'))).toEqual([]);
  expect(asked).toEqual([]);
});

test('one that is down for the others and follows another leader is told', async () => {
  const { engineOf } = ask({ h3: ['node-h3'], h1: ['node-h1'] });
  expect(await rivalsOf({ engineOf, managers }, toldBy('down'))).toEqual(['h3']);
});

test('one that follows the same leader, or cannot be asked, is not', async () => {
  const same = ask({ h3: ['node-h2'], h1: ['node-h2'] });
  expect(await rivalsOf({ engineOf: same.engineOf, managers }, toldBy('unknown'))).toEqual([]);
  const away = ask({ h3: [null], h1: ['node-h1'] });
  expect(await rivalsOf({ engineOf: away.engineOf, managers }, toldBy('down'))).toEqual([]);
});
