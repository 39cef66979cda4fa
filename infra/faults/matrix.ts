import { reasonOf } from '#core/log.ts';
import { createLab } from '#lab/lab.ts';
import type { EngineName } from '#lab/root/release.ts';
import type { Lab } from '#lab/types.ts';
import type { FaultCase, StageName } from './cases/types.ts';
import { type CaseResult, runCase } from './run-case.ts';
import { randomFrom, shuffled } from './seed.ts';
import { falseAlarms, setUp, type Theatre } from './theatre.ts';

export interface MatrixOptions {
  seed: number;
  cases: readonly FaultCase[];
  /** Of each host of the lab, in order. */
  engines: EngineName[];
  /** The id of the lab; two runs side by side need two. */
  id: string;
  signal: AbortSignal;
  say: (line: string) => void;
}

export interface Matrix {
  results: CaseResult[];
  falseAlarms: number;
}

/** Every case once, in an order and on hosts that the seed gives, on one lab that is taken down at the end. */
export async function runMatrix(options: MatrixOptions): Promise<Matrix> {
  const random = randomFrom(options.seed);
  const lab = await createLab({ id: options.id, engines: options.engines, log: options.say });
  try {
    const stages = shuffled([...new Set(options.cases.map(({ stage }) => stage))], random);
    const parts: Matrix[] = [];
    for (const stage of stages) {
      const own = shuffled(
        options.cases.filter((one) => one.stage === stage),
        random,
      );
      parts.push(await runStage(lab, stage, own, random, options));
    }
    return {
      results: parts.flatMap(({ results }) => results),
      falseAlarms: parts.reduce((sum, part) => sum + part.falseAlarms, 0),
    };
  } finally {
    await lab.down();
  }
}

async function runStage(
  lab: Lab,
  stage: StageName,
  cases: readonly FaultCase[],
  random: () => number,
  { signal, say }: MatrixOptions,
): Promise<Matrix> {
  const matrix: Matrix = { results: [], falseAlarms: 0 };
  let theatre: Theatre | null = null;
  try {
    for (const fault of cases) {
      signal.throwIfAborted();
      if (theatre === null) {
        theatre = await setUp(lab, stage);
        const alarms = await falseAlarms(lab, theatre);
        matrix.falseAlarms += alarms.length;
        say(`${stage}, ${lab.hosts.length} hosts: ${alarms.length === 0 ? 'healthy' : alarms.join('; ')}`);
      }
      const { result, isWhole } = await runCase(lab, theatre, fault, random);
      matrix.results.push(result);
      matrix.falseAlarms += result.falseAlarms.length;
      say(lineOf(result));
      if (isWhole) continue;
      await theatre.close();
      theatre = null;
    }
  } catch (error) {
    signal.throwIfAborted();
    // The stage itself failed: what is left of it was not tried, and counts as not named.
    for (const fault of cases.slice(matrix.results.length)) {
      matrix.results.push(notTried(fault, lab.hosts.length, reasonOf(error)));
    }
    say(`${stage} could not go on: ${reasonOf(error)}`);
  } finally {
    await theatre?.close();
  }
  return matrix;
}

const notTried = ({ name }: FaultCase, nodes: number, why: string): CaseResult => ({
  fault: name,
  nodes,
  hosts: [],
  expected: '',
  named: `not tried: ${why}`,
  ok: false,
  seconds: 0,
  falseAlarms: [],
});

function lineOf({
  fault,
  hosts,
  expected,
  named,
  ok,
  told: grounds = [],
  seconds,
  falseAlarms: alarms,
  notWhole,
}: CaseResult): string {
  const told = ok ? named : `${named}   (expected ${expected})`;
  const then = notWhole === undefined ? alarms : [`the lab does not become whole again: ${notWhole}`];
  const after = then.length === 0 ? '' : `   then: ${then.join('; ')}`;
  return `${ok ? 'ok  ' : 'FAIL'} ${fault.padEnd(24)} ${hosts.join(',').padEnd(4)} ${seconds.toFixed(1).padStart(5)} s  ${told}${after}${grounds.map((line) => `\n       ${line}`).join('')}`;
}
