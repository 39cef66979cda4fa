import { expect, test } from 'vitest';
import { randomSpec } from '../testing/random-spec.ts';
import { parseSpec } from './parse.ts';
import type { Spec } from './spec.ts';
import { writtenSpec } from './written.ts';

function parsed(input: unknown): Spec {
  const result = parseSpec(input);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.spec;
}

test('a spec is written as people would write it, without what holds anyway', () => {
  const spec = {
    cluster: 'demo',
    nodes: { h1: { role: 'manager' as const }, h2: {} },
    networks: { net: { attachable: true } },
    services: { web: { image: 'nginx', networks: ['net'], deploy: { replicas: 2 } } },
    containers: { tool: { image: 'nginx', host: 'h2', networks: { net: { aliases: ['hammer'] } } } },
  };
  expect(writtenSpec(parsed(spec))).toEqual(spec);
});

test('read again, it is the same spec', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const spec = parsed(randomSpec(seed));
    expect(parsed(writtenSpec(spec))).toEqual(spec);
  }
});
