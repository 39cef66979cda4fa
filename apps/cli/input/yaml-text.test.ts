import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { pathText } from '#cli/output/path-text.ts';
import { parseYaml } from './yaml-text.ts';

const text = `cluster: demo
nodes:
  h1: { role: manager }
networks:
  x:
    subnet: 10.0.0.5/24
  "a/b": {}
services:
  web:
    image: nginx
    ports:
      - "8080:80"
      - "nonsense"
`;

test('a JSON pointer leads to the line of its key or item', () => {
  const { lineOf } = parseYaml(text, 'demo.yaml');
  expect(lineOf('/networks/x/subnet')).toBe(6);
  expect(lineOf('/services/web/ports/1')).toBe(13);
  expect(lineOf('/nodes/h1/role')).toBe(3);
  expect(lineOf('/networks/a~1b')).toBe(7);
});

test('what is absent leads to the nearest thing around it', () => {
  const { lineOf } = parseYaml(text, 'demo.yaml');
  expect(lineOf('/services/web/deploy/mode')).toBe(9);
  expect(lineOf('')).toBe(1);
  expect(parseYaml('', 'empty.yaml').lineOf('/cluster')).toBe(1);
});

test('anchors and merge keys are followed', () => {
  const merged = parseYaml('base: &base\n  image: nginx\nservices:\n  web:\n    <<: *base\n  two: *base\n', 'm.yaml');
  expect(merged.value).toMatchObject({ services: { web: { image: 'nginx' }, two: { image: 'nginx' } } });
  expect(merged.lineOf('/services/two/image')).toBe(2);
  expect(merged.lineOf('/services/web/image')).toBe(4);
});

const issuesOf = (bad: string): [number | undefined, string][] => {
  try {
    parseYaml(bad, 'bad.yaml');
  } catch (error) {
    if (error instanceof AppError) return (error.issues ?? []).map(({ line, message }) => [line, message]);
  }
  return [];
};

test('duplicate keys and syntax errors are told with line and column', () => {
  expect(issuesOf('a: 1\nb: 2\na: 3\n')).toEqual([[3, 'Map keys must be unique (column 1)']]);
  expect(issuesOf('a: [1, 2\nb: 3\n')[0]?.[0]).toBe(2);
  expect(issuesOf('a: 1\n\tb: 2\n')[0]?.[0]).toBe(2);
});

test('a tag that nobody knows is refused, not read as something else', () => {
  expect(issuesOf('a: 1\nb: !secret x\n')).toEqual([[2, 'Unresolved tag: !secret (column 4)']]);
});

test('two documents in one file, and aliases without end, are refused', () => {
  expect(issuesOf('a: 1\n---\nb: 2\n')).toHaveLength(1);
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    ...'bcdefg'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdef'[at]},`.repeat(9)}*${'abcdef'[at]}]`),
  ];
  expect(() => parseYaml(bomb.join('\n'), 'bomb.yaml')).toThrow(/bomb\.yaml cannot be read: Excessive alias count/);
});

test('paths read as people write them', () => {
  expect(pathText('/networks/x/subnet')).toBe('networks.x.subnet');
  expect(pathText('/services/web/ports/1')).toBe('services.web.ports[1]');
  expect(pathText('/nodes/h1/labels/a.b~1c')).toBe('nodes.h1.labels["a.b/c"]');
  expect(pathText('')).toBe('');
});
