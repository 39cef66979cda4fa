import { expect, test } from 'vitest';
import { applyEdit } from '../edits.ts';
import { AppError } from '../errors.ts';
import { frozen } from '../frozen.ts';
import { randomEdit } from '../testing/random-edit.ts';
import { randomSpec } from '../testing/random-spec.ts';
import { parseSpec } from './parse.ts';
import type { Spec } from './spec.ts';

/** A spec as one is kept: from JSON text, and frozen. */
function keptSpec(input: unknown): Spec {
  const parsed = parseSpec(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return frozen(structuredClone(parsed.spec));
}

/** What came of an edit, with the order of keys, or the words of its refusal. */
function outcome(edit: { verb: string; args: unknown }, current: Spec): { spec: Spec | null; text: string } {
  try {
    const spec = applyEdit({ ...edit, current });
    return { spec, text: JSON.stringify(spec) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { spec: null, text: JSON.stringify([error.code, error.message, error.issues]) };
  }
}

test('an edit of what was read before gives the same spec, or the same refusal, as one that reads all of it', () => {
  const seen = { made: 0, refused: 0 };
  for (let seed = 1; seed <= 40; seed += 1) {
    let current = keptSpec(randomSpec(seed));
    for (let turn = 0; turn < 40; turn += 1) {
      const edit = randomEdit(seed * 1000 + turn, current);
      const { spec, text } = outcome(edit, current);
      // Unfrozen objects, which nobody has read yet, are read as a whole.
      expect({ edit, current, text }).toEqual({ edit, current, text: outcome(edit, structuredClone(current)).text });
      seen[spec === null ? 'refused' : 'made'] += 1;
      if (spec === null) continue;
      // What is kept in memory is what a database gives back.
      expect(spec).toStrictEqual(JSON.parse(JSON.stringify(spec)));
      if (turn % 3 > 0) current = frozen(spec);
    }
  }
  // The test is worth something only while both come about often.
  expect(Math.min(seen.made, seen.refused)).toBeGreaterThan(300);
});

const { services, networks, ...others } = keptSpec({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' } },
  networks: { net: {} },
  services: { web: { image: 'nginx', networks: ['net'] }, db: { image: 'redis', networks: ['net'] } },
  containers: { one: { image: 'tool', host: 'h1' } },
});
const demo: Spec = frozen({ ...others, networks, services });
const updated = (current: Spec): Spec =>
  applyEdit({ verb: 'service update', args: { name: 'web', image: 'nginx:2' }, current });

test('what an edit leaves as it is stays the very same objects', () => {
  const after = updated(demo);
  expect(after.services['db']).toBe(services['db']);
  expect(after.networks).toBe(networks);
  expect(after.services['web']).toEqual({ ...services['web'], image: 'nginx:2' });
});

test('a part that was good under one name or in one place is looked at again in another', () => {
  updated(demo);
  const moved = (change: object) => {
    const parsed = parseSpec(frozen({ ...demo, ...change }));
    return parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);
  };
  expect(moved({})).toEqual([]);
  expect(moved({ services: { ...services, 'we.b': services['web'] } })).toEqual([
    '/services/we.b may not have a dot in its name: Swarm does not take it',
  ]);
  expect(moved({ services: { '-': services['web'] } })[0]).toMatch('/services/- ');
  expect(moved({ containers: { tool: services['db'] } })[0]).toMatch('/containers/tool/');
  expect(moved({ nodes: { h2: { role: 'manager' } } })[0]).toMatch(
    '/containers/one/host `h1` is not a node of the spec',
  );
  expect(moved({ networks: {} })[0]).toBe('/services/web/networks `net` is not a network of the spec');
});

test('what can still be changed is read each time', () => {
  const open = structuredClone(demo);
  updated(open);
  Object.assign(open.services['db'] ?? {}, { image: 'no image' });
  expect(() => updated(open)).toThrow('The spec would not be valid');
});
