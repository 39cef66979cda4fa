import type { BenchResult } from '../bench.ts';
import { median, rounded } from '../tools/statistics.ts';

/** Seconds of one turn of each way. */
export interface VerifyRound {
  floor: number;
  verify: number;
}

export interface Once {
  nodes: number;
  /** The first verification, which loads the probe image. */
  firstVerifyS: number;
  naiveS: number;
  /** From the request to the report that names what was broken. */
  failedVerifyS: number;
  channelsPerNode: number;
  preflightS: number;
}

/** The numbers of all rounds that count. */
export function summariseVerify(rounds: readonly VerifyRound[], once: Once): BenchResult {
  const { nodes, channelsPerNode, preflightS } = once;
  const verifyS = median(rounds.map(({ verify }) => verify));
  const floorS = median(rounds.map(({ floor }) => floor));
  const numbers = {
    nodes,
    rounds: rounds.length,
    pairs: nodes * (nodes - 1),
    verifyS: rounded(verifyS),
    preflightS: rounded(preflightS),
    floorS: rounded(floorS),
    naiveS: rounded(once.naiveS),
    ratioToFloor: rounded(verifyS / floorS, 2),
    channelsPerNode,
    firstVerifyS: rounded(once.firstVerifyS),
    failedVerifyS: rounded(once.failedVerifyS),
  };
  return { numbers, invalid: rounds.length === 0 ? 'no round counts' : null };
}
