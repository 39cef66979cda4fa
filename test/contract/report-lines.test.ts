import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportOfPreflight, reportOfVerification, summaryOf } from '#core/reports/report.ts';
import { failedReport, finding } from '#core/testing/reports.ts';

/** Reports that an older version kept are listed as those of this one are. */
const folder = fileURLToPath(new URL('../../db/migrations', import.meta.url));
const migration = '0020_report_lines.sql';
const database = new Database(':memory:');
const run = (file: string): void => {
  database.exec(readFileSync(join(folder, file), 'utf8'));
};

const { hosts, kind: _kind, id: _id, cluster: _cluster, operation: _operation, ...found } = failedReport(4);
const counted = [
  { level: 'L5', check: 'tcp', network: 'net', result: 'failed', count: 7 },
  { level: 'L5', check: 'tcp', network: 'net', result: 'ok', count: 90 },
  { level: 'L5', check: 'tcp', network: 'net', result: 'unknown', count: 3 },
] as const;
const findings = [
  ...found.findings,
  finding(),
  finding({ id: 'only-a-note', severity: 'note' }),
  finding({ id: 'a-symptom', symptom: true }),
];
const about = { operation: 'op_1', at: found.startedAt };
const verified = {
  ...about,
  id: 'ver_01b',
  cluster: 'demo',
  verification: { ...found, nodes: hosts, findings, counted: [...counted] },
};
const looked = { ...about, id: 'pre_01a', cluster: null, preflight: { ...found, hosts, members: [], facts: {} } };

beforeAll(() => {
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.sql') && name < migration)
    .sort())
    run(file);
  database.pragma('foreign_keys = off');
  const into = (table: string, body: string) =>
    database.prepare(`insert into ${table} (id, cluster, operation, at, ${body}) values (?, ?, ?, ?, ?)`);
  const { id, cluster, operation, at } = verified;
  into('verifications', 'verification').run(id, cluster, operation, at, JSON.stringify(verified.verification));
  into('preflights', 'preflight').run(looked.id, null, operation, at, JSON.stringify(looked.preflight));
  run(migration);
});
afterAll(() => {
  database.close();
});

test('the migration makes of each report that is there the line that would be kept of it now', () => {
  const lines = database
    .prepare<[], { time: string; cluster: string | null; summary: string }>('select * from reports order by time')
    .all()
    .map(({ time, cluster, summary }) => ({ time, cluster, summary: JSON.parse(summary) }));
  expect(lines).toEqual([
    { time: '01a', cluster: null, summary: summaryOf(reportOfPreflight(looked)) },
    { time: '01b', cluster: 'demo', summary: summaryOf(reportOfVerification(verified)) },
  ]);
  expect(lines[1]?.summary).toMatchObject({ causes: ['data-port-blocked'] });
});
