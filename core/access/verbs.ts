import type { Role } from '../actor.ts';

/* Everything that can be done, and which roles may. Default deny: a verb that is not in this table is done by nobody. */

const people: readonly Role[] = ['viewer', 'operator', 'approver', 'admin'];
const operators: readonly Role[] = ['operator', 'approver', 'admin'];
const approvers: readonly Role[] = ['approver', 'admin'];
const admins: readonly Role[] = ['admin'];
const workers: readonly Role[] = ['worker'];

const table = {
  read: { may: people, what: 'look at clusters, hosts, operations, plans and revisions' },
  'audit.read': { may: people, what: 'read the record' },
  'audit.export': { may: operators, what: 'export the record' },
  'host.add': { may: operators, what: 'register a host' },
  'host.pin': { may: operators, what: 'hold a host to another SSH key' },
  'host.set': { may: operators, what: 'reach a host in another way: address, port, user, key or bastion' },
  'host.remove': { may: operators, what: 'forget a host' },
  'host.probe': { may: operators, what: 'look at a host' },
  'host.clean': { may: operators, what: 'remove what probing left on a host' },
  'engine.restart': { may: operators, what: 'restart the engine of a host' },
  'revision.propose': { may: operators, what: 'propose a spec, and see the values of environment variables' },
  'revision.withdraw': { may: operators, what: 'take a proposal back' },
  'cluster.plan': { may: operators, what: 'make a plan' },
  'cluster.apply': { may: operators, what: 'apply a plan' },
  'cluster.verify': { may: operators, what: 'verify a cluster' },
  'hosts.preflight': { may: operators, what: 'look whether hosts are fit to be a swarm' },
  'schedule.set': { may: operators, what: 'let verifications start by themselves' },
  'cluster.adopt': { may: operators, what: 'record a swarm that somebody else formed, to look at it' },
  'cluster.ps': { may: operators, what: 'see what runs in a cluster' },
  'logs.read': { may: operators, what: 'read what programs print, which may hold secrets' },
  'network.inspect': { may: operators, what: 'inspect a network' },
  'operation.cancel': { may: operators, what: 'cancel an operation' },
  'operation.retry': { may: operators, what: 'retry an operation' },
  'plan.approve': { may: approvers, what: "approve another person's plan" },
  'plan.deny': { may: approvers, what: 'deny a plan' },
  'lock.set': { may: operators, what: 'lock a cluster, and unlock what one has locked' },
  'lock.take-over': { may: approvers, what: "take over or end another person's lock" },
  'freeze.set': { may: approvers, what: 'freeze a cluster, and end a freeze' },
  'break-glass.use': { may: approvers, what: 'act without approval in an emergency' },
  'break-glass.review': { may: approvers, what: "review another person's break-glass" },
  'channel.set': { may: approvers, what: 'say which channel is told of a cluster' },
  'access.read': { may: people, what: 'see persons, the policy, locks and approvals' },
  'access.explain': { may: approvers, what: 'ask what another person may do' },
  'token.own': { may: people, what: 'make, roll and revoke tokens of one’s own' },
  'token.manage': { may: admins, what: "make, roll and revoke other persons' tokens" },
  'person.manage': { may: admins, what: 'add persons, change their roles, remove them' },
  'policy.set': { may: admins, what: 'change the policy' },
  'webhook.read': { may: operators, what: 'see sources of webhooks and what they sent' },
  'webhook.replay': { may: operators, what: 'carry out a webhook once more' },
  'webhook.manage': { may: admins, what: 'say who may send webhooks, and what they may cause' },
  'ci.manage': { may: admins, what: 'say which CI is let in without a secret' },
  'queue.read': { may: admins, what: 'look at the queue of doorbells' },
  'worker.work': { may: workers, what: 'run operations' },
} as const satisfies Record<string, { may: readonly Role[]; what: string }>;

export type Verb = keyof typeof table;

export const isVerb = (text: string): text is Verb => Object.hasOwn(table, text);
export const verbs: readonly Verb[] = Object.keys(table).filter(isVerb);

/** The roles that may do a verb without any rule. */
export const rolesOf = (verb: Verb): readonly Role[] => table[verb].may;

/** What a verb is, to read after "to". */
export const meaningOf = (verb: Verb): string => table[verb].what;

/** Whether a role may do a verb without any rule. */
export const roleMay = (role: Role, verb: Verb): boolean => rolesOf(verb).includes(role);

/** The verb that people mean by `apply` or `cluster.apply`; null when it is none, or not clear. */
export function verbMeant(text: string): Verb | null {
  if (isVerb(text)) return text;
  const [only, ...others] = verbs.filter((verb) => verb.endsWith(`.${text}`));
  return only !== undefined && others.length === 0 ? only : null;
}
