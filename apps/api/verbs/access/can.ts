import type { z } from 'zod';
import { requiredSentence } from '#core/access/approvals.ts';
import type { CanAnswer, canQuerySchema } from '#core/access/contract.ts';
import { decide } from '#core/access/decide.ts';
import { type Subject, wholeScope } from '#core/access/subject.ts';
import { verbMeant, verbs } from '#core/access/verbs.ts';
import { AppError } from '#core/errors.ts';
import { withStop } from '#core/sentence.ts';
import { authorise } from '../../access.ts';
import { timeOf } from '../../commit.ts';
import { groupsOf } from '../../groups.ts';
import { personOf, type Call, type Context } from '../../http/env.ts';
import { personRow } from '../../views/person.ts';
import { activeGrant, type GrantRow } from '../break-glass/active.ts';
import { holdsInTheWay } from '../holds/in-the-way.ts';

/**
 * Whether somebody may do something, by which rule, and what else stands in the way: from the very table that decides.
 * @throws AppError `invalid_input` for a verb that is none, `not_found` for a person, `forbidden` for another's rights
 */
export async function can({ ctx, input }: Call<z.output<typeof canQuerySchema>>): Promise<CanAnswer> {
  const { policy } = ctx.caller;
  const verb = verbMeant(input.verb);
  if (verb === null) throw noVerb(input.verb);
  const subject = await subjectMeant(ctx, input.person);
  const cluster = input.cluster ?? null;
  const person = subject.kind === 'person' ? subject : null;
  const grant = await grantOf(ctx, person?.person ?? null, cluster);
  const changing = { person: person?.person ?? null, cluster, hasBrokenGlass: grant !== null };
  return {
    ...decide({ subject, verb, cluster }, policy),
    verb,
    cluster,
    person: person?.name ?? null,
    approvals: grant === null ? requiredSentence(policy, cluster) : glassSentence(grant),
    groups: [...(person?.groups ?? [])],
    holds: await holdsInTheWay(ctx, changing),
  };
}

const grantOf = async ({ deps }: Context, person: string | null, cluster: string | null): Promise<GrantRow | null> =>
  person === null ? null : await activeGrant(deps.store.read, { person, cluster, at: timeOf(deps.nowMs()) });

const glassSentence = ({ personName, reason, expiresAt }: GrantRow): string =>
  `approvals: none until ${expiresAt}, as ${personName} has broken the glass: ${withStop(reason)}`;

async function subjectMeant(ctx: Context, named: string | undefined): Promise<Subject> {
  const { subject, actor } = ctx.caller;
  if (named === undefined || named === personOf(ctx.caller) || named === actor.name) return subject;
  await authorise(ctx, 'access.explain');
  const { id, name, role } = await personRow(ctx.deps.store.read, named);
  const groups = await groupsOf(ctx.deps, ctx.caller.policy, id);
  return { kind: 'person', person: id, name, role, identity: 'token', scope: wholeScope, groups };
}

const noVerb = (text: string): AppError =>
  new AppError('invalid_input', `There is no verb ${text}`, {
    next: `Use one of: ${verbs.join(', ')}.`,
    issues: [{ pointer: '/query/verb', message: 'no such verb' }],
  });
