import { covers, matches } from './glob.ts';
import { agoText, groupNamed, groupText, membershipIn } from './groups.ts';
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

/** Whether there may be a cluster on which somebody may do something: for what is worth suggesting or opening to him. */
export function mayOnSome(subject: Subject, verb: Verb, policy: Policy): boolean {
  const rules = policy.rules.map((rule) => (rule.allow === undefined ? rule : { ...rule, clusters: ['*'] }));
  const asked = subject.kind === 'worker' ? subject : { ...subject, scope: { ...subject.scope, clusters: ['*'] } };
  return decide({ subject: asked, verb, cluster: null }, { ...policy, rules }).allowed;
}

/** Rules meet CI by its name and by the identity `ci`; its role is that of its scope. */
const ciAsPerson = ({ name, scope }: Extract<Subject, { kind: 'ci' }>): Person => ({
  kind: 'person',
  person: `ci:${name}`,
  name,
  role: scope.role,
  identity: 'ci',
  scope,
  groups: null,
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

/** A rule that is about somebody. `doubt`: it is not known whether he is in its group. */
interface Fitting {
  rule: Rule;
  name: string;
  /** To read after the name of the rule: by which group, as of when. */
  by: string;
  doubt: string | null;
}

function ruleDecision(subject: Person, verb: Verb, cluster: string | null, policy: Policy): Decision | null {
  const fitting = policy.rules.flatMap((rule, index) =>
    covers(rule.clusters, cluster) ? fittingOf(rule, ruleName(rule, index), subject) : [],
  );
  const what = `${subject.name} ${verb}${placeOf(cluster)}`;
  // One that is certain is told before one that is in doubt; either denies.
  const denied = surestFirst(fitting).find(({ rule }) => hasVerb(rule.deny, verb));
  if (denied !== undefined) {
    if (denied.doubt !== null) return no(denied.name, `${denied.doubt}, and the policy denies its members ${verb}.`);
    const because = denied.rule.because === undefined ? '' : `: ${denied.rule.because}`;
    return no(denied.name, `The policy denies ${what} (${denied.name}${denied.by})${because}.`);
  }
  const allowed = surestFirst(fitting).find(({ rule }) => hasVerb(rule.allow, verb));
  if (allowed === undefined) return null;
  if (allowed.doubt === null) return yes(allowed.name, `The policy allows ${what} (${allowed.name}${allowed.by}).`);
  if (roleMay(subject.role, verb)) return null;
  return no(
    allowed.name,
    `${allowed.doubt}; members may ${meaningOf(verb)}, but nobody is let do so on old knowledge.`,
  );
}

const surestFirst = (fitting: readonly Fitting[]): Fitting[] =>
  fitting.toSorted((one, other) => Number(one.doubt !== null) - Number(other.doubt !== null));

function fittingOf(rule: Rule, name: string, subject: Person): Fitting[] {
  const { group } = rule.to;
  if (!meets(rule, subject)) return [];
  if (group === undefined) return [{ rule, name, by: '', doubt: null }];
  const membership = membershipIn(subject.groups, group);
  const handle = groupText(groupNamed(group));
  switch (membership.kind) {
    case 'out':
      return [];
    case 'in':
      return [{ rule, name, by: `, as a member of ${handle}, seen ${agoText(membership.ageMs)}`, doubt: null }];
    case 'unknown': {
      const doubt = `It is not known now whether ${subject.name} is in ${handle}: ${membership.why}`;
      return [{ rule, name, by: '', doubt }];
    }
  }
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
