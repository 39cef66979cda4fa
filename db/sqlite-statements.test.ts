import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { plannedOnce, statementCache } from './sqlite-statements.ts';

test('a parameter that something is to equal is hidden from the planner by a plus', () => {
  expect(plannedOnce('select a from t where "b" = ? and c is ? and d in (?, ?) and e >= ? limit ?')).toBe(
    'select a from t where "b" = +? and c is +? and d in (?, ?) and e >= ? limit ?',
  );
  expect(plannedOnce('insert into t (a, "is ?") values (?, ?)')).toBe('insert into t (a, "is ?") values (?, ?)');
});

test('a question mark within a text or a name stays as it is', () => {
  const sql = `select 'it''s = ?', "a = ?" from t where this = 'is ?' and b=?`;
  expect(plannedOnce(sql)).toBe(`select 'it''s = ?', "a = ?" from t where this = 'is ?' and b=+?`);
});

test('and compares as it would without the plus, whatever the types', () => {
  const database = new Sqlite(':memory:');
  const prepared = statementCache(database);
  prepared('create table t (name text primary key, number integer, other)').run();
  prepared('insert into t values (?, ?, ?)').run('a', 1, null);
  prepared('insert into t values (?, ?, ?)').run('7', 2, '2');
  prepared('update t set other = ?, number = ? where name = ?').run('text', 12, 'a');
  expect(prepared('select * from t where name = ?').all('a')).toEqual([['a', 12, 'text']]);
  for (const column of ['name', 'number', 'other'])
    for (const how of ['=', 'is'])
      for (const value of ['a', '7', '2', 2, 12, null]) {
        const sql = `select * from t where ${column} ${how} ?`;
        expect(prepared(sql).all(value)).toEqual(database.prepare(sql).raw().all(value));
      }
});
