import { LabRefusal } from '#lab/types.ts';
import { interruptible } from '../interruptible.ts';
import type { Bench } from './bench.ts';

/** `npm run bench -- NAME [options] [--json]`: each bench makes its own lab and takes it down again. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  audit: async () => (await import('./audit.ts')).audit,
  edge: async () => (await import('./edge.ts')).edge,
  form: async () => (await import('./form.ts')).form,
  idle: async () => (await import('./idle.ts')).idle,
  judge: async () => (await import('./judge.ts')).judge,
  slack: async () => (await import('./slack.ts')).slack,
  verify: async () => (await import('./verify.ts')).verify,
  webhooks: async () => (await import('./webhooks.ts')).webhooks,
};

const exitCodes = { invalid: 1, usage: 2 } as const;

async function main(argv: string[]): Promise<number> {
  const [name = '', ...rest] = argv.filter((word) => word !== '--json');
  const load = benches[name];
  if (load === undefined) {
    console.error(
      `usage: npm run bench -- ${Object.keys(benches).join('|')} [options] [--json]; see docs/benchmarks.md`,
    );
    return exitCodes.usage;
  }
  const bench = await load();
  return await interruptible(async (signal) => {
    const { numbers, invalid } = await bench(rest, { signal, say: (line) => console.log(line) });
    if (invalid !== null) console.log(`NOT VALID: ${invalid}`);
    console.log(argv.includes('--json') ? JSON.stringify(numbers) : JSON.stringify(numbers, null, 2));
    return invalid === null ? 0 : exitCodes.invalid;
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isPlain = error instanceof LabRefusal || (error instanceof TypeError && 'code' in error);
  if (!isPlain) throw error;
  console.error(error.message);
  process.exitCode = exitCodes.usage;
}
