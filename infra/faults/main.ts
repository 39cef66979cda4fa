import { type EngineName, engineNames, isEngineName } from '#lab/root/release.ts';
import { LabRefusal } from '#lab/types.ts';
import { interruptible } from '../interruptible.ts';
import { optionsOrUsage } from '../options.ts';
import { cases } from './cases/index.ts';
import type { FaultCase } from './cases/types.ts';
import { runHealthy } from './healthy.ts';
import { judge, textOf } from './judge.ts';
import { runMatrix } from './matrix.ts';
import { recordedCases } from './recorded/index.ts';

const usage =
  'npm run faults -- [--json] [--seed S] [--only a,b*] [--nodes 3,5] [--engines 20.10,28.5] [--healthy [--runs 10]] [--list] [--id NAME]; see docs/faults.md';
const values = optionsOrUsage(usage, {
  json: { type: 'boolean', default: false },
  seed: { type: 'string' },
  only: { type: 'string' },
  nodes: { type: 'string' },
  engines: { type: 'string', default: '20.10' },
  healthy: { type: 'boolean', default: false },
  runs: { type: 'string', default: '10' },
  list: { type: 'boolean', default: false },
  id: { type: 'string', default: 'faults' },
});

const exitCodes = { misnamed: 1, usage: 2 } as const;

class Usage extends Error {}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Usage(`"${text}" is not a whole number.`);
}

const numbersIn = (text: string): number[] => text.split(',').map(wholeNumber);

/** The engines of so many hosts: those that were named, in turn. */
function enginesOf(nodes: number): EngineName[] {
  const named = values.engines.split(',').map((name) => {
    if (isEngineName(name)) return name;
    throw new Usage(`"${name}" is no engine: say ${engineNames.join(', ')}.`);
  });
  return Array.from({ length: nodes }, (_, at) => named[at % named.length] ?? '20.10');
}

/** Cases that there can be on such engines; the others are told. */
function possible(wanted: readonly FaultCase[], engines: readonly EngineName[]): FaultCase[] {
  return wanted.filter(({ name, below }) => {
    const can = below === undefined || engines.every((engine) => Number.parseFloat(engine) < below);
    if (!can) console.log(`left out ${name}: only engines below ${below} can be broken so`);
    return can;
  });
}

/** Cases by name; a `*` at the end stands for any rest. */
function casesIn(text: string | undefined) {
  if (text === undefined) return cases;
  const patterns = text.split(',');
  const matches = (pattern: string, name: string): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  const unknown = patterns.find((pattern) => !cases.some(({ name }) => matches(pattern, name)));
  if (unknown !== undefined) throw new Usage(`There is no case "${unknown}": --list names all.`);
  return cases.filter(({ name }) => patterns.some((pattern) => matches(pattern, name)));
}

async function healthy(signal: AbortSignal): Promise<number> {
  const results = [];
  for (const nodes of numbersIn(values.nodes ?? '1,3,5,10')) {
    const runs = wholeNumber(values.runs);
    results.push(
      await runHealthy({ engines: enginesOf(nodes), runs, id: `${values.id}-${nodes}`, signal, say: console.log }),
    );
  }
  const alarms = results.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0);
  tell({ healthy: results, falseAlarms: alarms });
  return alarms === 0 ? 0 : exitCodes.misnamed;
}

async function matrix(signal: AbortSignal): Promise<number> {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : wholeNumber(values.seed);
  const wanted = casesIn(values.only);
  console.log(`seed ${seed}, ${wanted.length} cases`);
  const parts = [];
  for (const nodes of numbersIn(values.nodes ?? '3,5')) {
    const [engines, id] = [enginesOf(nodes), `${values.id}-${nodes}`];
    parts.push(await runMatrix({ seed, cases: possible(wanted, engines), engines, id, signal, say: console.log }));
  }
  const recorded = values.only === undefined ? recordedNamed() : 0;
  const results = parts.flatMap((part) => part.results);
  const named = results.filter(({ ok }) => ok).length;
  const falseAlarms = parts.reduce((sum, part) => sum + part.falseAlarms, 0);
  tell({ cases: results.length, named, recorded, falseAlarms, seed, results });
  const isWhole = values.only !== undefined || recorded === recordedCases.length;
  return named === results.length && falseAlarms === 0 && isWhole ? 0 : exitCodes.misnamed;
}

/** How many of the recorded cases the rules name; those that they do not are told. */
function recordedNamed(): number {
  const judged = recordedCases.map(({ name, report, expected }) => ({ name, expected, ...judge(report(), expected) }));
  for (const { name, expected, named, ok } of judged) {
    if (!ok) console.log(`FAIL recorded ${name}: ${named}   (expected ${textOf(expected)})`);
  }
  return judged.filter(({ ok }) => ok).length;
}

function tell(summary: object): void {
  console.log(values.json ? JSON.stringify(summary) : JSON.stringify(summary, null, 2));
}

async function main(): Promise<number> {
  if (values.list) {
    for (const { name, stage, by } of cases) console.log(`${name.padEnd(26)} ${by.padEnd(9)} ${stage}`);
    return 0;
  }
  return await interruptible((signal) => (values.healthy ? healthy(signal) : matrix(signal)));
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabRefusal || error instanceof Usage)) throw error;
  console.error(error.message);
  process.exitCode = exitCodes.usage;
}
