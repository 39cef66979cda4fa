import { rootCausesOf } from '#core/causes/finding-of.ts';
import { byWay } from '#core/ways.ts';
import type { Finding } from '#core/finding.ts';
import type { CheckResult, Pair, Verification } from '#core/verification.ts';

type Result = CheckResult['result'];
const worstFirst: readonly Result[] = ['failed', 'unknown', 'ok', 'skipped'];

/** The worst of several results; a pair in which something was really tested is not "skipped". */
export const worst = (results: readonly Result[]): Result =>
  worstFirst.find((result) => results.includes(result)) ?? 'skipped';

/** Every ordered pair of hosts that was to be tested, with the worst of its checks. */
export function pairsOf(
  peers: ReadonlyMap<string, readonly string[]>,
  checks: readonly CheckResult[],
  unseen: ReadonlyMap<string, string> = new Map(),
): Pair[] {
  const checksOn = byWay(checks.filter(({ level }) => level !== 'L6'));
  return [...peers].flatMap(([from, others]) =>
    others.map((to) => {
      const own = checksOn({ from, to });
      const ping = own.find((check) => check.check === 'ping' && check.result === 'ok');
      const losses = own.flatMap(({ check, loss }) => (check === 'ping' && loss !== undefined ? [loss] : []));
      const result = worst(own.map((check) => check.result));
      // Nobody could look from there: that is not the same as nothing to look at.
      const isUnseen = result === 'skipped' && (unseen.has(from) || unseen.has(to));
      return {
        from,
        to,
        result: isUnseen ? 'unknown' : result,
        rttMs: ping?.ms ?? null,
        ...(losses.length === 0 ? {} : { loss: Math.max(...losses) }),
      };
    }),
  );
}

/**
 * Failed when something failed, or hosts say themselves what is wrong; incomplete when something could not be seen;
 * never passed for lack of looking.
 */
export function verdictOf(
  checks: readonly CheckResult[],
  pairs: readonly Pair[],
  findings: readonly Finding[] = [],
): Verification['verdict'] {
  const overall = worst([...checks.map((check) => check.result), ...pairs.map((pair) => pair.result)]);
  if (overall === 'failed') return 'failed';
  if (overall === 'ok' && rootCausesOf(findings).some(({ severity }) => severity === 'error')) return 'failed';
  return overall === 'unknown' ? 'incomplete' : 'passed';
}
