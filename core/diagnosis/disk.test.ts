import { expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { checkOf, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';

test('a host without room for what a check needs is told once, though nothing failed', () => {
  const detail = 'The engine on h3 refused POST /containers/create: write /var/lib/docker/x: no space left on device';
  const unseen = ['ping', 'tcp'].map((check) => ({
    ...checkOf(check, 'h3', 'h1'),
    result: 'unknown' as const,
    detail,
  }));
  const found = rootCausesOf(diagnose(symptomsOf({ checks: unseen })));
  expect(found.map(({ id, hosts, evidence }) => [id, hosts, evidence])).toEqual([['disk-full', ['h3'], [detail]]]);
  expect(found[0]?.fix).toContain('On h3: `df -h /var/lib/docker`');
});
