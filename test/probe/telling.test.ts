import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tellingCommand, toldIn } from '#workers/probe/telling.ts';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-telling-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a Perl program as an exec would run the prober, with a file as its log. */
function tell(program: string, log = join(folder, crypto.randomUUID())) {
  const [perl = '', ...args] = tellingCommand('t1', ['/usr/bin/perl', '-e', program, 'an argument'], log);
  const { status, stdout } = spawnSync(perl, args);
  const written = status === 97 ? '' : readFileSync(log, 'utf8');
  return { status, stdout: stdout.toString('utf8'), written, ...toldIn(written, 't1') };
}

test('what a program writes stands in the log whole, and nowhere else', () => {
  const { status, stdout, text, isWhole } = tell('print "$_ $ARGV[0] 100% → \\t\\\\\\n" for 1 .. 5000');
  expect({ status, stdout, isWhole }).toEqual({ status: 0, stdout: '', isWhole: true });
  const lines = text.split('\n');
  expect(lines).toHaveLength(5001);
  expect(lines[4999]).toBe('5000 an argument 100% → \t\\');
});

test('every line is short enough for a pipe that others write to as well', () => {
  const { written } = tell('print "\\xe2\\x86\\x92" x 10_000');
  expect(Math.max(...written.split('\n').map((line) => Buffer.byteLength(line) + 1))).toBeLessThan(4096);
  expect(toldIn(written, 't1').text).toBe('→'.repeat(10_000));
});

test.each([
  ['the exit code is that of the program', 'print "so far"; exit 2', 2],
  ['a program that was killed is no success', 'print "so far\\n"; $| = 1; print ""; kill 9, $$', 9],
])('%s, and what it had written is told', (_, program, code) => {
  expect(tell(program)).toMatchObject({ status: code, isWhole: true });
});

test('a program that is not there is not taken for one that said nothing', () => {
  const [perl = '', ...args] = tellingCommand('t1', ['/no/such/program'], join(folder, 'none'));
  expect(spawnSync(perl, args).status).not.toBe(0);
});

test('where the log cannot be opened the program is not run', () => {
  const { status } = tell(`open my $f, '>', '${folder}/ran'`, join(folder, 'no/such/folder'));
  expect(status).toBe(97);
  expect(() => readFileSync(join(folder, 'ran'))).toThrow('ENOENT');
});
