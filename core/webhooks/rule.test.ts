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

  it('says why it did not fit, in the sender’s words', () => {
    expect(matchRules([rule], facts({ repository: 8 }))).toEqual({
      kind: 'ignored',
      why: 'no rule fits registry_package/published of repository 8',
    });
    expect(matchRules([rule], facts({ tag: 'main' })).kind).toBe('ignored');
    expect(matchRules([rule], facts({ digest: null }))).toEqual({
      kind: 'ignored',
      why: 'the payload does not say digest',
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
