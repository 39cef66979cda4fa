import type { Plan } from '#core/plan.ts';
import type { RevisionView } from '#core/wire.ts';
import { apiOf } from '#cli/api.ts';
import { askYesNo } from '#cli/input/ask.ts';
import { clean } from '#cli/output/clean.ts';
import { planLines } from '#cli/output/plan-view.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { declined, Interrupted, leftPlanning } from '#cli/progress/interrupted.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import { seeThrough } from '#cli/progress/see-through.ts';
import type { Session } from '#cli/session.ts';
import { takeBack, type Proposal } from './propose.ts';

export interface ApplyOptions {
  yes?: boolean;
  dryRun?: boolean;
  reason?: string;
  preflight?: 'errors' | 'warnings' | 'skip';
}

/**
 * From a proposed revision to its end: plan, show, ask, apply that very plan. With `--yes` it is planned and applied in
 * one go, with `--dry-run` it stops after the plan. A proposal that does not come to be is taken back.
 * Gives the exit code.
 */
export async function planAndApply(session: Session, proposal: Proposal, options: ApplyOptions): Promise<number> {
  let exitCode: number | null = null;
  try {
    exitCode = await carryOut(session, proposal, options);
    return exitCode;
  } finally {
    if (exitCode !== 0 || options.dryRun === true) await takeBack(apiOf(session), proposal, 'not applied');
  }
}

async function carryOut(session: Session, { revision }: Proposal, options: ApplyOptions): Promise<number> {
  if (options.yes === true && options.dryRun !== true) return applyRevision(session, revision, null, options);
  const made = await makePlan(session, revision);
  if (typeof made === 'number') return made;
  session.say(
    planLines(clean(made), {
      ...session.talkLayout(),
      verbose: session.flags.verbose === true,
      known: revision.decisions,
    }),
  );
  if (options.dryRun === true || (made.steps.length === 0 && revision.state === 'current')) {
    session.show(made, () => []);
    return 0;
  }
  const question = made.steps.length === 0 ? `Make revision ${revision.number} current?` : 'Apply?';
  session.say(['']);
  if (!(await askYesNo(question))) throw declined();
  return applyRevision(session, revision, made.digest, options);
}

async function applyRevision(
  session: Session,
  { cluster, number: revision, decisions }: RevisionView,
  digest: string | null,
  options: ApplyOptions,
): Promise<number> {
  const { client, ask } = apiOf(session);
  const json = { revision, digest, reason: options.reason ?? null, preflight: options.preflight ?? 'errors' };
  const { id } = await ask(client.v1.clusters[':cluster'].apply.$post({ param: { cluster }, header: {}, json }));
  return seeThrough(session, id, digest === null ? { showPlan: { known: decisions } } : {});
}

/** Has a worker look at the hosts and plan. Gives the plan, or the exit code when none could be made. */
export async function makePlan(session: Session, { cluster, number: revision }: RevisionView): Promise<Plan | number> {
  const { client, ask } = apiOf(session);
  const { id } = await ask(client.v1.clusters[':cluster'].plans.$post({ param: { cluster }, json: { revision } }));
  const ended = await runToEnd(session, id, { summary: false }).catch((error: unknown) => dropPlan(session, id, error));
  const plan = ended.view.plan ?? ended.progress.plan;
  if (ended.view.state === 'succeeded' && plan !== null) return plan;
  const exitCode = conclude(session, ended);
  session.show(ended.view, () => []);
  return exitCode;
}

/** Ctrl-C while planning: nobody wants that plan any more. Waits a moment for its end, so that it is in nobody's way. */
async function dropPlan(session: Session, id: string, error: unknown): Promise<never> {
  if (!(error instanceof Interrupted)) throw error;
  const { client } = apiOf(session);
  await client.v1.operations[':id'].cancel.$post({ param: { id }, json: {} }).catch(() => undefined);
  await client.v1.operations[':id'].$get({ param: { id }, query: { wait: '5' } }).catch(() => undefined);
  throw leftPlanning();
}
