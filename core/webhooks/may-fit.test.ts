import { describe, expect, it } from 'vitest';
import type { SourceKind } from './contract.ts';
import { neverFitting } from './may-fit.ts';
import type { WebhookRule } from './rule.ts';

const rule = (more: Partial<WebhookRule>): WebhookRule => ({
  event: 'push',
  repository: '7',
  cluster: 'prod',
  command: 'service update web --image web:1',
  ...more,
});
const byDigest = 'service update web --image web@{digest}';

describe('a rule that never fits is found when it is written', () => {
  it.each<[SourceKind, Partial<WebhookRule>, string, string]>([
    ['github', { event: 'pushh' }, '/0/event', 'did you mean `push`?'],
    ['github', { event: 'pipeline' }, '/0/event', 'github sends push, workflow_run'],
    ['github', { event: 'constructor' }, '/0/event', 'github sends'],
    ['github', { repository: 'acme/web' }, '/0/repository', 'the number'],
    ['github', { ref: 'main' }, '/0/ref', 'such as refs/heads/main'],
    ['github', { tag: 'v*' }, '/0/tag', 'push says no tag, only ref, sha'],
    ['github', { command: byDigest }, '/0/command', '{digest} stays empty'],
    ['gitlab', { event: 'pipeline', workflow: 'a.yml' }, '/0/workflow', 'pipeline says no workflow'],
    ['dockerhub', { event: 'image', command: byDigest }, '/0/command', 'image says no digest'],
    ['harbor', { event: 'push' }, '/0/event', 'harbor sends image'],
    ['standard', { event: 'Deploy it' }, '/0/event', 'lower case'],
  ])('%s %o', (kind, more, pointer, message) => {
    expect(neverFitting(kind, [rule(more)])).toEqual([{ pointer, message: expect.stringContaining(message) }]);
  });

  it.each<[SourceKind, Partial<WebhookRule>]>([
    ['github', { event: 'registry_package', action: 'published', tag: 'v*', command: byDigest }],
    ['github', { event: 'workflow_run', ref: '*', conclusion: 'success', workflow: '.github/workflows/a.yml' }],
    ['gitlab', { event: 'deployment', environment: 'production', conclusion: 'success' }],
    ['harbor', { event: 'image', repository: 'library/web', command: byDigest }],
    ['dockerhub', { event: 'image', repository: 'acme/web', command: 'service update web --image acme/web:{tag}' }],
    ['standard', { event: 'deploy', repository: 'shop', workflow: 'x', tag: 'y', command: byDigest }],
  ])('and one that can fit is not: %s %o', (kind, more) => {
    expect(neverFitting(kind, [rule(more)])).toEqual([]);
  });
});
