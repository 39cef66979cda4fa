import type { Outcome, StepOfKind } from '#core/step.ts';
import type { Verification } from '#core/verification.ts';
import { rootCausesOf } from '#core/causes/finding-of.ts';
import type { Finding } from '#core/finding.ts';
import { condensed } from '#core/reports/condense.ts';
import { incompleteSentence } from '../checks/incomplete.ts';
import { lookAtHosts, withoutSilent } from '../checks/look-at-hosts.ts';
import { staying } from '../checks/staying.ts';
import { verifyCluster } from '../checks/verify-cluster.ts';
import type { StepContext } from './context.ts';
import { done, failed } from './outcomes.ts';

/** What was just deployed needs a moment until names spread. */
const settleMs = 20_000;
/** A node that has just joined may have to pull images first. */
const comeUpMs = 120_000;

/** The last step of every apply: what was deployed is proved, and an apply whose proof fails is failed. */
export async function verify(step: StepOfKind<'verify'>, context: StepContext): Promise<Outcome> {
  const isThere = staying(context.hosts, { name: context.cluster, expected: context.expected });
  const hosts = { ...context.hosts, all: context.hosts.all.filter(({ name }) => isThere(name)) };
  const looks = await lookAtHosts(hosts);
  const verification = await verifyCluster({
    hosts: withoutSilent(hosts, looks),
    looks,
    managers: context.managers,
    nodes: new Map([...context.nodes].filter(([name]) => isThere(name))),
    expected: context.expected,
    args: step.args,
    everyNetwork: false,
    wanted: { dataPathPort: null, managers: [], containers: context.containers },
    settleMs,
    comeUpMs,
    found: null,
    // A plan is refused where there are two.
    split: null,
    operation: context.operation,
    cluster: context.cluster,
    note: (host, text) => context.report({ type: 'note', step: step.id, host, text }),
  });
  context.report({ type: 'verification', verification: condensed(verification) });
  return outcomeOf(verification);
}

/** What a verification means for the operation that ran it. */
export function outcomeOf(verification: Verification): Outcome {
  const { verdict, checks, findings, pairs } = verification;
  if (verdict === 'passed') {
    const tested = pairs.filter((pair) => pair.result === 'ok').length;
    return done(`${tested} of ${pairs.length} pairs proved, ${checks.length} checks`);
  }
  const [found] = rootCausesOf(findings).concat(findings);
  return failed('verification_failed', messageOf(verification, found), {
    findings,
    next: found?.fix ?? 'Run `flotilla verify` again when all hosts answer.',
  });
}

/** The cause where one is known, and the next; of checks that could not be made also what is known all the same. */
function messageOf({ verdict, checks, findings }: Verification, found: Finding | undefined): string {
  const cause = found === undefined ? undefined : { ...found, message: `${found.message}${alsoOf(findings, found)}` };
  if (verdict !== 'failed') return incompleteSentence(checks, cause?.severity === 'error' ? cause : undefined);
  const bad = checks.filter(({ result }) => result === 'failed');
  return cause?.message ?? `${bad.length} of ${checks.length} checks failed.`;
}

/** Who reads this line alone would mend one cause and be told of the next only then. */
function alsoOf(findings: readonly Finding[], found: Finding): string {
  const [next, ...more] = rootCausesOf(findings).filter((one) => one !== found && one.severity === 'error');
  if (next === undefined) return '';
  return ` Also: ${next.message}${more.length === 0 ? '' : ` And ${more.length} more.`}`;
}
