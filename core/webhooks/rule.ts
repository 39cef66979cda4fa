import { z } from 'zod';
import type { Intent } from '../command/command.ts';
import { nameSchema } from '../spec/names.ts';
import type { WebhookFacts } from './facts/facts.ts';
import { checkTemplate, commandOf, type Placeholder, placeholders } from './template.ts';

/**
 * What a webhook may cause: on this event of this repository (by its id) and ref, this command on this cluster. A payload
 * never names a cluster or a command; it only fills in words such as `{digest}`.
 */
export const webhookRuleSchema = z.strictObject({
  event: z.string().min(1).max(50),
  action: z.string().max(50).optional().describe('Only this action of the event, such as published'),
  repository: z.string().min(1).max(200).describe('The sender’s own id of the repository, not its name'),
  ref: z.string().max(200).optional().describe('Only this ref; `*` stands for any characters but `/`'),
  conclusion: z.string().max(50).optional().describe('Only when it ended like this, such as success'),
  workflow: z.string().max(200).optional().describe('Only from this workflow file'),
  environment: z.string().max(200).optional(),
  tag: z.string().max(200).optional().describe('Only this tag; `*` stands for any characters'),
  cluster: nameSchema,
  command: z
    .string()
    .max(1000)
    .refine((text) => checkTemplate(text) === null, { error: (issue) => checkTemplate(String(issue.input)) ?? '' })
    .describe('A verb of the spec, such as `service update web --image ghcr.io/acme/web@{digest}`'),
});
export type WebhookRule = z.infer<typeof webhookRuleSchema>;

export type Matched =
  | { kind: 'command'; intent: Intent; text: string; cluster: string }
  /** No rule fits, or what the command needs was not said. */
  | { kind: 'ignored'; why: string };

/** The command of the first rule that fits. */
export function matchRules(rules: readonly WebhookRule[], facts: WebhookFacts): Matched {
  const rule = rules.find((one) => one.event === facts.event && differing(one, facts).length === 0);
  if (rule === undefined) return { kind: 'ignored', why: whyNone(rules, facts) };
  const missing = placeholders.filter((name) => rule.command.includes(`{${name}}`) && facts[name] === null);
  if (missing.length > 0) return { kind: 'ignored', why: whyNotFilled(missing) };
  const values = Object.fromEntries(
    placeholders.flatMap((name) => (facts[name] === null ? [] : [[name, facts[name]]])),
  );
  const { text, parsed } = commandOf(rule, values);
  if (!parsed.ok) return { kind: 'ignored', why: parsed.problem.message };
  return { kind: 'command', intent: { ...parsed.intent, cluster: rule.cluster }, text, cluster: rule.cluster };
}

/** What a rule can ask for beside the event, in the order in which it is told. */
const conditions = ['action', 'repository', 'ref', 'tag', 'conclusion', 'workflow', 'environment'] as const;

/** The conditions of a rule that are not met. */
const differing = (rule: WebhookRule, facts: WebhookFacts): (typeof conditions)[number][] =>
  conditions.filter((name) => {
    const wanted = rule[name];
    if (wanted === undefined) return false;
    return name === 'ref' || name === 'tag' ? !refMatches(wanted, facts[name]) : wanted !== facts[name];
  });

/** `*` is any run of characters but `/`, so that `refs/heads/*` does not mean `refs/heads/a/b`. */
export function refMatches(pattern: string, said: string | null): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]*');
  return said !== null && new RegExp(`^${source}$`).test(said);
}

const whyNotFilled = (missing: readonly Placeholder[]): string =>
  `the payload says no ${missing.join(' and no ')} that can be one, and the command needs ${missing.length === 1 ? 'it' : 'them'}`;

/** In words of the sender, and what the nearest rule wants instead, so that a rule that was written wrong is found. */
function whyNone(rules: readonly WebhookRule[], facts: WebhookFacts): string {
  const said = saidText(facts);
  if (rules.length === 0) return `the source has no rules; this was ${said}`;
  const ofEvent = rules.filter(({ event }) => event === facts.event);
  const [nearest] = ofEvent.toSorted((one, other) => differing(one, facts).length - differing(other, facts).length);
  if (nearest === undefined)
    return `no rule fits ${said}; there are some for ${[...new Set(rules.map(({ event }) => event))].join(', ')}`;
  const wanted = differing(nearest, facts).map((name) => `${name} ${nearest[name]}`);
  return `no rule fits ${said}; the nearest wants ${wanted.join(', ')}`;
}

/** `workflow_run/completed of repository 7, ref refs/heads/main, conclusion success` */
function saidText({ event, action, repository, ...more }: WebhookFacts): string {
  const told = (['ref', 'tag', 'conclusion', 'workflow', 'environment'] as const).flatMap((name) =>
    more[name] === null ? [] : [`, ${name} ${more[name]}`],
  );
  return `${event}${action === null ? '' : `/${action}`} of repository ${repository ?? '?'}${told.join('')}`;
}
