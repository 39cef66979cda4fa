import { expect, test } from 'vitest';
import { splitReference } from './images.ts';

test.each([
  ['nginx', 'nginx', 'latest'],
  ['nginx:1.27', 'nginx', '1.27'],
  ['registry.local:5000/team/app', 'registry.local:5000/team/app', 'latest'],
  ['registry.local:5000/team/app:v1', 'registry.local:5000/team/app', 'v1'],
  ['nginx@sha256:abc', 'nginx', 'sha256:abc'],
  ['nginx:1.27@sha256:abc', 'nginx', 'sha256:abc'],
])('%s is %s with %s', (reference, name, tag) => {
  expect(splitReference(reference)).toEqual({ name, tag });
});
