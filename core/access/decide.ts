import { covers, matches } from './glob.ts';
import { type Policy, type Rule, ruleName } from './policy.ts';
import type { Subject } from './subject.ts';
import { meaningOf, roleMay, rolesOf, type Verb } from './verbs.ts';

export interface Question {
  subject: Subject;
  verb: Verb;
  /** Null for what belongs to no cluster. */
  cluster: string | null;
}

/** Yes or no, the rule that decided, and the same in a sentence. */
export interface Decision {
  allowed: boolean;
  rule: string;
  why: string;
}

type Person = Extract<Subject, { kind: 'person' }>;

/**
 * Whether somebody may do something: the scope of the identity first, then denies, then allows, then what the role may,
 * and else no. Every door asks here, and `can` tells what is answered here.
 */
export function decide({ subject: asked, verb, cluster }: Question, policy: Policy): Decision {
  if (asked.kind === 'worker') return workerDecision(verb);
  if (rolesOf(verb).includes('worker')) return no('built-in', `Only workers may ${meaningOf(verb)}.`);
  const subject = asked.kind === 'ci' ? ciAsPerson(asked) : asked;
  return (
    scopeDecision(subject, verb, cluster) ??
    ruleDecision(subject, verb, cluster, policy) ??
    roleDecision(subject, verb, cluster)
  );
}

/** Rules meet CI by its name and by the identity `ci`; its role is that of its scope. */
const ciAsPerson = ({ name, scope }: Extract<Subject, { kind: 'ci' }>): Person => ({
  kind: 'person',
  person: `ci:${name}`,
  name,
  role: scope.role,
  identity: 'ci',
  scope,
});

function workerDecision(verb: Verb): Decision {
  if (roleMay('worker', verb)) return yes('role worker', 'Workers may run operations.');
  return no('built-in', `The role worker may not do ${verb}.`);
}

function scopeDecision({ scope }: Person, verb: Verb, cluster: string | null): Decision | null {
  if (!roleMay(scope.role, verb)) return no('token scope', `The token is for the role ${scope.role}, not for ${verb}.`);
  if (covers(scope.clusters, cluster)) return null;
  const clusters = scope.clusters.join(', ');
  return no(
    'token scope',
    cluster === null
      ? `The token is for ${clusters} only, and this is about more than those.`
      : `The token is for ${clusters}, not for ${cluster}.`,
  );
}

function ruleDecision(subject: Person, verb: Verb, cluster: string | null, policy: Policy): Decision | null {
  const fitting = policy.rules.flatMap((rule, index) =>
    meets(rule, subject) && covers(rule.clusters, cluster) ? [{ rule, name: ruleName(rule, index) }] : [],
  );
  const where = placeOf(cluster);
  const denied = fitting.find(({ rule }) => hasVerb(rule.deny, verb));
  if (denied !== undefined) {
    const because = denied.rule.because === undefined ? '' : `: ${denied.rule.because}`;
    return no(denied.name, `The policy denies ${subject.name} ${verb}${where} (${denied.name})${because}.`);
  }
  const allowed = fitting.find(({ rule }) => hasVerb(rule.allow, verb));
  if (allowed === undefined) return null;
  return yes(allowed.name, `The policy allows ${subject.name} ${verb}${where} (${allowed.name}).`);
}

const meets = ({ to, deny }: Rule, { person, name, role, identity, scope }: Person): boolean =>
  (to.person === undefined || to.person === person || to.person === name) &&
  (to.role === undefined || to.role === role || (deny !== undefined && to.role === scope.role)) &&
  (to.identity === undefined || to.identity === identity);

const hasVerb = (patterns: readonly string[] | undefined, verb: Verb): boolean =>
  patterns?.some((pattern) => matches(pattern, verb)) === true;

function roleDecision({ name, role }: Person, verb: Verb, cluster: string | null): Decision {
  const where = placeOf(cluster);
  if (roleMay(role, verb)) return yes(`role ${role}`, `${name} has the role ${role}, which may do ${verb}${where}.`);
  return no(
    'default deny',
    `The role ${role} may not do ${verb}${where}; ${rolesOf(verb).join(' or ')} may, or whom a rule of the policy allows.`,
  );
}

const placeOf = (cluster: string | null): string => (cluster === null ? '' : ` on ${cluster}`);

const yes = (rule: string, why: string): Decision => ({ allowed: true, rule, why });
const no = (rule: string, why: string): Decision => ({ allowed: false, rule, why });
