import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm test`: every test, then one plain line `N passed, N failed` made from vitest's own report.
 * On Linux as root the lab can run, so a skipped lab scenario counts as a failure there.
 */
interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
}

const labCanRun = process.platform === 'linux' && process.getuid?.() === 0;

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-test-'));
  const report = join(folder, 'report.json');
  const only = process.argv.slice(2);
  const reporter = process.stdout.isTTY ? 'default' : 'dot';
  const exitCode = await run([
    'node_modules/vitest/vitest.mjs',
    'run',
    `--reporter=${reporter}`,
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...only,
  ]);
  try {
    return summarise(readFileSync(report, 'utf8'), exitCode);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function summarise(text: string, exitCode: number): number {
  const report = parseReport(text);
  const skipped = report.testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status === 'skipped' || test.status === 'pending' || test.status === 'todo');
  for (const test of skipped) console.log(`skipped: ${test.fullName}`);
  // A file that could not be loaded has no tests of its own: it counts as one failure.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  for (const file of brokenFiles) console.log(`could not run: ${file.name}`);
  const failed = report.numFailedTests + brokenFiles.length + (labCanRun ? skipped.length : 0);
  console.log(`${report.numPassedTests} passed, ${failed} failed`);
  return failed > 0 || exitCode !== 0 ? 1 : 0;
}

/** The report is made by the vitest of this same package, so its shape is known. */
function parseReport(text: string): VitestReport {
  return JSON.parse(text) as VitestReport;
}

function run(args: string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main();
