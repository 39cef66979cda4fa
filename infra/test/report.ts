import { relative } from 'node:path';

/* What vitest's JSON reporter writes, as far as it is used here, and how runs of it become one answer. */

export interface TestResult {
  status: string;
  fullName: string;
}

export interface FileResult {
  /** Path of the file. */
  name: string;
  status: string;
  assertionResults: TestResult[];
}

export interface Report {
  testResults: FileResult[];
  /** What failed outside of every test: vitest then fails, and it is in no file's result. */
  errors: string[];
}

/** The texts are made by the vitest of this same package, so their shapes are known. */
export function parseReport(ended: { code: number; tests: string; errors: string }): Report {
  const { testResults } = JSON.parse(ended.tests) as Pick<Report, 'testResults'>;
  const errors = JSON.parse(ended.errors) as string[];
  const isTold = ended.code === 0 || errors.length > 0 || testResults.some(({ status }) => status === 'failed');
  return { testResults, errors: isTold ? errors : [`vitest ended with ${ended.code} and did not say why`] };
}

/**
 * Files that failed and may be asked again: those that start programs or make hosts, which a machine that does other work
 * makes very slow. A unit that fails has failed.
 */
export const mayBeAskedAgain = ({ testResults }: Report, root: string): string[] =>
  testResults.filter(({ name, status }) => status === 'failed' && relative(root, name).startsWith('test/')).map(byName);

/** The first report with the files of the second instead of its own. No file can take back an error outside of tests. */
export function replaced(first: Report, second: Report): Report {
  const again = new Map(second.testResults.map((file) => [file.name, file]));
  return {
    testResults: first.testResults.map((file) => again.get(file.name) ?? file),
    errors: [...first.errors, ...second.errors],
  };
}

/** What is counted, and the lines that say why something is not a pass. */
export interface Summary {
  passed: number;
  failed: number;
  lines: string[];
}

/** `skippedFails`: where the lab can run a test that was skipped is a failure. */
export function summarise({ testResults, errors }: Report, { skippedFails }: { skippedFails: boolean }): Summary {
  const tests = testResults.flatMap((file) => file.assertionResults);
  const skipped = tests.filter(({ status }) => ['skipped', 'pending', 'todo'].includes(status));
  // A file that could not be loaded has no tests of its own: it counts as one failure.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && isBroken(assertionResults),
  );
  const failed = tests.filter(({ status }) => status === 'failed').length;
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failed + broken.length + errors.length + (skippedFails ? skipped.length : 0),
    lines: [
      ...skipped.map(({ fullName }) => `skipped: ${fullName}`),
      ...broken.map(({ name }) => `could not run: ${name}`),
      ...errors.map((error) => `outside of tests: ${error}`),
    ],
  };
}

/** A file that failed without a failed test failed in its own beginning or end. */
const isBroken = (tests: TestResult[]): boolean => !tests.some(({ status }) => status === 'failed');

const byName = ({ name }: FileResult): string => name;
