import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { sha256 } from '../sha256-node.ts';
import { ownMigrations } from '../sqlite-open.ts';
import { expectedTriggers } from './expected-triggers.ts';
import { selectTriggersSql, triggersOf } from './triggers-of.ts';

test('the triggers that the edge expects are those that the migrations make', () => {
  const database = new Sqlite(':memory:');
  migrate(database, ownMigrations);
  const made = triggersOf(database.prepare<unknown[], unknown[]>(selectTriggersSql).raw(true).all());
  database.close();
  expect(made.size).toBeGreaterThan(3);
  expect(expectedTriggers).toEqual(Object.fromEntries([...made].map(([name, sql]) => [name, sha256(sql)])));
});
