import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

test('tasks run one after the other, in order, whether or not one fails', async () => {
  const turns = inTurn();
  const log: string[] = [];
  const task =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([turns.run(task('a')), turns.run(task('b', true)), turns.run(task('c'))]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('closing waits for the tasks that were added and refuses later ones', async () => {
  const turns = inTurn();
  let ended = false;
  const last = turns.run(async () => {
    await Promise.resolve();
    ended = true;
  });
  await turns.close();
  expect(ended).toBe(true);
  await last;
  await expect(turns.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'audit_unavailable' });
});
