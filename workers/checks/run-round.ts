import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#core/errors.ts';
import type { CheckResult } from '#core/verification.ts';
import { parseOutput, type ProbeResult } from '../probe/protocol.ts';
import type { Expected, PlannedCheck } from './planned-check.ts';
import type { Prober } from './probe-container.ts';
import type { Started } from './probers.ts';

/** Where small packets pass, large ones pass as well or never: one that was lost by chance is asked again this long. */
const settleLargeMs = 3000;
const againMs = 700;
/** One exec with all checks of a node; each check has its own, shorter limit inside. */
const execLimitMs = 60_000;

/** What has just been deployed needs a moment until names spread: failed checks are asked again for so long. */
export interface Patience {
  settleMs: number;
  /** Hosts that nobody waits for. */
  away: ReadonlyMap<string, string>;
}

/** All checks of one vantage point, in one exec as long as nothing has to be asked again. */
export function runRound(
  started: Started,
  checks: readonly PlannedCheck[],
  patience: Patience,
): Promise<CheckResult[]> {
  if ('prober' in started) return askUntilSettled(checks, started.prober, patience);
  return Promise.resolve(checks.map((check) => resultOf(check, 'unknown', started.fault.message, null)));
}

async function askUntilSettled(
  checks: readonly PlannedCheck[],
  prober: Prober,
  { settleMs, away }: Patience,
): Promise<CheckResult[]> {
  const results = checks.map((check) => resultOf(check, 'unknown', 'the prober gave no answer', null));
  const start = performance.now();
  // A packet may be lost by chance, or while all were lost: nothing has failed before it was asked again.
  const askedAgain = new Set<number>();
  let open = checks.map((_, index) => index);
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const asked = open.filter((index) => attempt === 1 || !isBarred(checks, results, index));
    if (attempt > 1) for (const index of asked) askedAgain.add(index);
    const answers = await askOnce(checks, asked, prober);
    for (const [index, result] of answers) results[index] = result;
    const waitedMs = performance.now() - start;
    const soFar = { results, away, waitedMs, settleMs };
    open = open.filter((index) => mayStillSettle(results[index], askedAgain.has(index), soFar));
    const isTried = open.every((index) => askedAgain.has(index) || isBarred(checks, results, index));
    if (open.length === 0 || (waitedMs > settleMs && isTried)) break;
    await pause(againMs);
  }
  return results;
}

/**
 * Where packets are lost still, what needs them is not asked again: it would cost its whole limit each time, and a
 * megabyte for each peer may drown the very packets that are asked for.
 */
function isBarred(checks: readonly PlannedCheck[], results: readonly CheckResult[], index: number): boolean {
  const check = checks[index];
  if (check === undefined || check.check === 'ping' || (check.level !== 'L4' && check.level !== 'L5')) return false;
  const needs = check.check === 'bulk' ? ['ping', 'ping-large'] : ['ping'];
  return results.some(
    ({ check: name, result, to, network }) =>
      needs.includes(name) && result === 'failed' && to === check.to && network === check.network,
  );
}

interface SoFar extends Patience {
  results: readonly CheckResult[];
  waitedMs: number;
}

/** What is skipped because a name did not resolve yet may settle as well as what failed. */
function mayStillSettle(result: CheckResult | undefined, isAskedAgain: boolean, soFar: SoFar): boolean {
  const { results, away, waitedMs, settleMs } = soFar;
  if (result === undefined || (result.to !== null && away.has(result.to))) return false;
  // What is closed from host to host is closed; it costs its whole limit each time it is asked.
  if (result.level === 'L1') return false;
  if (result.result === 'skipped') return result.detail !== notHttp;
  if (result.result !== 'failed') return false;
  if (result.check !== 'ping-large' || waitedMs < Math.min(settleLargeMs, settleMs) || !isAskedAgain) return true;
  return results.find(({ check, target }) => check === 'ping' && target === result.target)?.result !== 'ok';
}

const notHttp = 'does not speak HTTP';

/** One exec; the checks are known to the prober by their place in the round. */
async function askOnce(
  checks: readonly PlannedCheck[],
  open: readonly number[],
  prober: Prober,
): Promise<Map<number, CheckResult>> {
  const asked = open.flatMap((index) => {
    const check = checks[index];
    return check === undefined ? [] : [{ index, check }];
  });
  const answers = new Map<number, CheckResult>();
  try {
    const output = await prober.run(
      asked.map(({ index, check }) => ({ ...check.ask, id: String(index) })),
      execLimitMs,
    );
    for (const result of parseOutput(output).results) {
      const check = checks[Number(result.id)];
      if (check !== undefined) answers.set(Number(result.id), { ...judge(check, result), ...lossOf(result) });
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    for (const { index, check } of asked) answers.set(index, resultOf(check, 'unknown', error.message, null));
  }
  return answers;
}

/** Echoes that were sent and did not come back. */
const lossOf = ({ sent, received }: ProbeResult): { loss?: number } =>
  sent === undefined || received === undefined || sent === 0 ? {} : { loss: (sent - received) / sent };

/** The prober says what happened; here it becomes a verdict on what was asked. */
function judge(check: PlannedCheck, answer: ProbeResult): CheckResult {
  const { detail } = answer;
  if (answer.status === 'skipped') return resultOf(check, 'skipped', detail, null);
  if (answer.status === 'fail') return judgeFailure(check, answer, detail);
  const misfit = check.expect === undefined ? null : misfitOf(check.expect, answer);
  if (misfit !== null) return { ...resultOf(check, 'failed', misfit.detail, answer.ms), error: misfit.error };
  return resultOf(check, 'ok', detail, answer.ms);
}

/** What is wrong with the addresses of a name: some that nobody has, or some that are missing; null when they fit. */
function misfitOf(
  expected: readonly Expected[],
  { addresses = [], truncated = false }: ProbeResult,
): { error: 'stale' | 'lacking'; detail: string } | null {
  const misfits = expected.map(({ required, allowed }) => ({
    extra: allowed === null ? [] : addresses.filter((one) => !allowed.includes(one)),
    // A truncated answer is not whole.
    lacking: truncated ? [] : required.filter((one) => !addresses.includes(one)),
  }));
  if (misfits.some(({ extra, lacking }) => extra.length === 0 && lacking.length === 0)) return null;
  const [first] = misfits;
  if (first === undefined) return null;
  return first.extra.length > 0
    ? { error: 'stale', detail: `resolves to ${first.extra.join(', ')}, which nothing that runs has` }
    : { error: 'lacking', detail: `resolves to ${addresses.join(', ')}, not to ${first.lacking.join(', ')}` };
}

/** On ports that the spec says nothing about, any HTTP answer will do, and none at all is the `tcp` check's business. */
function judgeFailure(check: PlannedCheck, answer: ProbeResult, detail: string): CheckResult {
  const implied = check.check === 'http' && check.level === 'L5';
  if (implied && answer.error === 'http_status') return resultOf(check, 'ok', `HTTP ${answer.http ?? '?'}`, answer.ms);
  if (implied && answer.error === 'not_http') return resultOf(check, 'skipped', notHttp, null);
  if (check.level === 'L1' && answer.error === 'no_network') return resultOf(check, 'skipped', noWayOut, null);
  const { error, mtu } = answer;
  return {
    ...resultOf(check, 'failed', detail, answer.ms),
    ...(error === undefined ? {} : { error }),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

const noWayOut = 'the container has no way out of its overlay';

function resultOf(check: PlannedCheck, result: CheckResult['result'], detail: string, ms: number | null): CheckResult {
  const { level, network, from, to, target } = check;
  return { level, check: check.check, network, from, to, target, result, detail, ms };
}
