import { expect, test } from 'vitest';
import { allCauses, isCauseId } from './catalogue.ts';
import { findingOf, rootCausesOf } from './finding-of.ts';

test.each(allCauses())('$id tells its symptom, how it is found, a fix and a reference', (cause) => {
  expect(cause.id).toMatch(/^[a-z0-9-]+$/u);
  for (const text of [cause.title, cause.symptom, cause.found, cause.fix]) {
    expect(text).toMatch(/^\S.{10,}[.?!)`]$/su);
  }
  expect(cause.reference).not.toBe('');
});

test('a finding takes its severity and fix from the catalogue, with the hosts filled in', () => {
  const finding = findingOf('engine-down', { hosts: ['h2'] });
  expect(finding).toMatchObject({ severity: 'error', hosts: ['h2'], symptom: false, consequenceOf: null });
  expect(finding.fix).toContain('On h2: `systemctl start docker`');
});

test('what a finding does not know stays a placeholder that can be read', () => {
  expect(findingOf('data-port-blocked', { hosts: ['h1'] }).fix).toContain('any port <port>');
  expect(findingOf('data-port-blocked', { hosts: ['h1'], values: { port: '7789' } }).fix).toContain('any port 7789');
});

test('notes, symptoms and consequences are no root causes', () => {
  const root = findingOf('data-port-blocked', { hosts: ['h1'] });
  const others = [
    findingOf('stream-local-forbidden', { hosts: ['h1'] }),
    findingOf('checks-failed', { symptom: true }),
    findingOf('published-port-dead', { consequenceOf: 'data-port-blocked' }),
  ];
  expect(rootCausesOf([...others, root])).toEqual([root]);
});

test('only ids of the catalogue are causes', () => {
  expect(isCauseId('data-port-blocked')).toBe(true);
  expect(isCauseId('toString')).toBe(false);
});
