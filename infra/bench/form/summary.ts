import type { BenchResult } from '../bench.ts';
import { median, rounded } from '../tools/statistics.ts';
import type { FlotillaExtras } from './flotilla.ts';

export const wayNames = ['floor', 'overSsh', 'flotilla', 'shell'] as const;
export type WayName = (typeof wayNames)[number];

/** A round in which all ways formed a swarm whose names resolve. */
export interface Round {
  seconds: Record<WayName, number>;
  extras: FlotillaExtras;
}

/**
 * Below this, floor and shell were not measured under the same conditions: SSH, the docker command and the order of
 * the shell way cost more than that wherever the machine was left alone.
 */
const shellToFloorMin = 1.3;

/** The numbers of all rounds that count, and whether they can be trusted. */
export function summarise(nodes: number, rounds: readonly Round[]): BenchResult {
  const of = (pick: (round: Round) => readonly number[]): number => rounded(median(rounds.flatMap(pick)));
  const medianS = {
    floor: of(({ seconds }) => [seconds.floor]),
    overSsh: of(({ seconds }) => [seconds.overSsh]),
    flotilla: of(({ seconds }) => [seconds.flotilla]),
    shell: of(({ seconds }) => [seconds.shell]),
  };
  const numbers = {
    nodes,
    rounds: rounds.length,
    medianS,
    ratioToFloor: rounded(medianS.flotilla / medianS.floor),
    ratioToSsh: rounded(medianS.flotilla / medianS.overSsh),
    noopColdS: of(({ extras }) => extras.noopColdS),
    noopWarmS: of(({ extras }) => extras.noopWarmS),
    handshakesPerHost: rounded(Math.max(...rounds.map(({ extras }) => extras.handshakesPerHost)), 2),
  };
  return { numbers, invalid: reasonAgainst(rounds.length, medianS.shell / medianS.floor) };
}

function reasonAgainst(rounds: number, shellToFloor: number): string | null {
  if (rounds === 0) return 'no round counts';
  if (shellToFloor >= shellToFloorMin) return null;
  return `shell took ${rounded(shellToFloor, 2)} times as long as the floor; below ${shellToFloorMin} the machine was too busy or too slow`;
}
