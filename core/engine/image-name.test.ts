import { expect, test } from 'vitest';
import { imageName, isImageAsAsked } from './image-name.ts';

test.each([
  ['nginx', 'docker.io/library/nginx', 'latest', null],
  ['nginx:1.27', 'docker.io/library/nginx', '1.27', null],
  ['team/app', 'docker.io/team/app', 'latest', null],
  ['docker.io/library/nginx', 'docker.io/library/nginx', 'latest', null],
  ['docker.io/nginx', 'docker.io/library/nginx', 'latest', null],
  ['registry.local:5000/app', 'registry.local:5000/app', 'latest', null],
  ['localhost/app:2', 'localhost/app', '2', null],
  ['nginx@sha256:aa', 'docker.io/library/nginx', null, 'sha256:aa'],
  ['registry.local:5000/a/b:3@sha256:aa', 'registry.local:5000/a/b', '3', 'sha256:aa'],
])('%s is read as Docker reads it', (reference, repository, tag, digest) => {
  expect(imageName(reference)).toEqual({ repository, tag, digest });
});

test.each([
  ['nginx:latest@sha256:aa', 'nginx', true],
  ['nginx', 'docker.io/library/nginx:latest', true],
  ['nginx:1@sha256:aa', 'nginx:1', true],
  ['nginx:1', 'nginx:2', false],
  ['nginx:1@sha256:aa', 'nginx:1@sha256:aa', true],
  ['nginx@sha256:aa', 'nginx:1@sha256:aa', true],
  ['nginx:1@sha256:aa', 'nginx:1@sha256:bb', false],
  ['nginx:1', 'nginx:1@sha256:aa', false],
  ['other/nginx', 'nginx', false],
  ['', 'nginx', false],
])('%s running is %s as asked: %s', (observed, asked, same) => {
  expect(isImageAsAsked(observed, asked)).toBe(same);
});
