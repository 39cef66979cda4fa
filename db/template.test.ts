import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import { expect, test } from 'vitest';
import { insertInto } from './change.ts';
import { hosts, operations } from './schema/index.ts';
import { statementOf } from './statement.ts';
import { insertRow, template } from './template.ts';

const read = drizzle(() => Promise.reject(new Error('Nothing is read here.')));

const row = {
  id: 'op_1',
  kind: 'verify',
  state: 'queued',
  request: { kind: 'verify', networks: ['a'], connectivity: null },
  actor: { kind: 'person', person: 'per_1', name: 'Ada', via: 'token:t1' },
  error: null,
  cancelRequested: true,
  reason: null,
  createdAt: '2026-11-24T00:00:00.000Z',
} as const;

test('a row is inserted as drizzle itself would: JSON, booleans, none, defaults', () => {
  const drizzles = statementOf(insertInto(operations).values({ ...row, request: { ...row.request, networks: ['a'] } }));
  const ours = () => statementOf(insertRow(operations, { ...row, request: { ...row.request, networks: ['a'] } }));
  expect(ours()).toEqual(drizzles);
  expect(ours(), 'once built').toEqual(drizzles);
});

test('a column that is not given, or undefined, gets its default', () => {
  const request = { kind: 'verify', networks: [], connectivity: null } as const;
  const { error: _none, ...less } = { ...row, request: { ...request, networks: [] } };
  const statement = statementOf(insertRow(operations, { ...less, retryOf: undefined }));
  expect(statement).toEqual(statementOf(insertInto(operations).values(less)));
});

test('a template is built once, and each use has values of its own', () => {
  let built = 0;
  const named = template(() => {
    built += 1;
    const isIt = eq(hosts.name, sql.placeholder('name'));
    return read
      .select({ name: hosts.name })
      .from(hosts)
      .where(sql`${isIt} and ${hosts.port} = ${sql.placeholder('port')} and 1 = ${1}`);
  });
  const [one, other] = [named({ name: 'h1', port: 22 }), named({ name: 'h2', port: 23 })];
  expect(statementOf(one).params).toEqual(['h1', 22, 1]);
  expect(statementOf(other).params).toEqual(['h2', 23, 1]);
  expect(statementOf(one).sql).toBe(statementOf(other).sql);
  expect(built).toBe(1);
});

test('a value that is missing is a fault, not an empty cell', () => {
  const named = template(() =>
    read
      .select()
      .from(hosts)
      .where(eq(hosts.name, sql.placeholder('name'))),
  );
  expect(() => statementOf(named({}))).toThrow(TypeError);
});
