import { describe, expect, it } from 'vitest';
import { factsOf } from './facts/facts.ts';
import { matchRules, type WebhookRule, webhookRuleSchema } from './rule.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const rule: WebhookRule = {
  event: 'registry_package',
  action: 'published',
  repository: '7',
  tag: 'release-*',
  cluster: 'prod',
  command: 'service update web --image ghcr.io/acme/web@{digest}',
};
const facts = (more: Parameters<typeof factsOf>[1] = {}) =>
  factsOf('registry_package', { action: 'published', repository: 7, tag: 'release-1', digest, ...more });

describe('a rule', () => {
  it('makes one command of one event, on the cluster that the rule names', () => {
    expect(matchRules([rule], facts())).toMatchObject({
      kind: 'command',
      cluster: 'prod',
      intent: {
        command: 'service update',
        cluster: 'prod',
        args: { name: 'web', image: `ghcr.io/acme/web@${digest}` },
      },
    });
  });

  it.each([
    [
      { repository: 8 },
      'no rule fits registry_package/published of repository 8, tag release-1; the nearest wants repository 7',
    ],
    [
      { tag: 'main' },
      'no rule fits registry_package/published of repository 7, tag main; the nearest wants tag release-*',
    ],
    [{ tag: 'not one' }, 'no rule fits registry_package/published of repository 7; the nearest wants tag release-*'],
    [{ digest: 'sha256:ab' }, 'the payload says no digest that can be one, and the command needs it'],
  ])('%o: says why it did not fit, and what is wanted', (more, why) => {
    expect(matchRules([rule], facts(more))).toEqual({ kind: 'ignored', why });
  });

  it('of several the nearest is named; of none for the event, which events there are', () => {
    const onRun = { ...rule, event: 'workflow_run', action: 'completed', tag: undefined };
    const rules = [
      { ...onRun, ref: 'refs/heads/main', workflow: 'a.yml' },
      { ...onRun, repository: '9', ref: 'refs/heads/x' },
    ];
    const run = factsOf('workflow_run', {
      action: 'completed',
      repository: 7,
      ref: 'refs/heads/main',
      workflow: 'b.yml',
    });
    expect(matchRules(rules, run)).toMatchObject({
      why: 'no rule fits workflow_run/completed of repository 7, ref refs/heads/main, workflow b.yml; the nearest wants workflow a.yml',
    });
    expect(matchRules([rule, ...rules], factsOf('push', { repository: 7 }))).toMatchObject({
      why: 'no rule fits push of repository 7; there are some for registry_package, workflow_run',
    });
  });

  it('a star in a ref does not cross a slash, and a dot is a dot', () => {
    const onRef = { ...rule, ref: 'refs/heads/v1.*', tag: undefined };
    expect(matchRules([onRef], facts({ ref: 'refs/heads/v1.2' })).kind).toBe('command');
    expect(matchRules([onRef], facts({ ref: 'refs/heads/v1.2/x' })).kind).toBe('ignored');
    expect(matchRules([onRef], facts({ ref: 'refs/heads/v112' })).kind).toBe('ignored');
  });

  it.each([
    ['service update web --image x@{evil}', 'there is no {evil}'],
    ['status', 'no verb of the spec'],
    ['service update web --image x in other', 'the cluster is named by the rule'],
    ['service updat web', 'There is no command'],
  ])('`%s` is refused when it is written', (command, why) => {
    const parsed = webhookRuleSchema.safeParse({ ...rule, command });
    expect(parsed.success ? '' : parsed.error.issues.map(({ message }) => message).join()).toContain(why);
  });
});
