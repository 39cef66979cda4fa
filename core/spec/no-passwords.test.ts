import { expect, test } from 'vitest';
import { parseSpec } from './parse.ts';

function wrong(image: string, url: string): string[] {
  const parsed = parseSpec({
    cluster: 'demo',
    nodes: { h1: { role: 'manager' } },
    services: { web: { image } },
    verify: { http: [{ url }] },
  });
  return parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);
}

test('passwords have no place in names of images and in URLs, and are not said again', () => {
  expect(wrong('bob:s3cret@registry.test/web', 'http://bob:s3cret@h1:8080/')).toEqual([
    '/services/web/image must have a digest behind `@`; an image name has no user or password',
    '/verify/http/0/url must have no user or password: plans and findings show it',
  ]);
});

test('a digest, a port and an `@` further on are fine', () => {
  expect(wrong('registry.test:5000/a/web:2@sha256:0a9f', 'http://h1:8080/@user?a=b@c')).toEqual([]);
});
