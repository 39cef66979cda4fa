import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mayBeAskedAgain, parseReport, replaced, type Report, summarise } from './report.ts';

/**
 * `npm test`: every test, then one plain line `N passed, N failed` made from vitest's own report.
 * On Linux as root the lab can run, so a skipped lab scenario counts as a failure there.
 */
const labCanRun = process.platform === 'linux' && process.getuid?.() === 0;

/** More files than these do not fail because a machine was busy. */
const askedAgainMax = 3;

async function main(only: string[]): Promise<number> {
  const first = await vitest(only);
  const report = await askedAgain(first);
  const { passed, failed, lines } = summarise(report, { skippedFails: labCanRun });
  for (const line of lines) console.log(line);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** What failed there runs once more, whole, one file at a time, on hosts that are made anew; what is said of it stays said. */
async function askedAgain(first: Report): Promise<Report> {
  const files = mayBeAskedAgain(first, process.cwd());
  if (files.length === 0 || files.length > askedAgainMax) return first;
  console.log(`failed, and asked once more, alone: ${files.join(' ')}`);
  return replaced(first, await vitest(['--maxWorkers=1', ...files]));
}

/** Throws when vitest wrote no report: then nothing is known of any test. */
async function vitest(args: string[]): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-test-'));
  const [file, errors] = [join(folder, 'report.json'), join(folder, 'errors.json')];
  const reporters = [process.stdout.isTTY ? 'default' : 'dot', 'json', './infra/test/outside-errors.ts'];
  const options = [...reporters.map((one) => `--reporter=${one}`), `--outputFile.json=${file}`];
  try {
    const code = await run(['node_modules/vitest/vitest.mjs', 'run', ...options, ...args], errors);
    return parseReport({ code, tests: readFileSync(file, 'utf8'), errors: readFileSync(errors, 'utf8') });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(args: string[], errorsFile: string): Promise<number> {
  const env = { ...process.env, FLOTILLA_OUTSIDE_ERRORS: errorsFile };
  const child = spawn(process.execPath, args, { stdio: 'inherit', env });
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2));
