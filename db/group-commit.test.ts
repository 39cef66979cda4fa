import { describe, expect, test } from 'vitest';
import { groupCommit } from './group-commit.ts';

/** A group commit of numbers that notes its groups. */
function recording() {
  const groups: number[][] = [];
  const commits = groupCommit<number, string>((items) => {
    groups.push(items);
    return items.map((item) => `done ${item}`);
  });
  return { groups, commits };
}

describe('a group commit', () => {
  test('takes what came in one turn together, and answers each its own', async () => {
    const { groups, commits } = recording();
    expect(await Promise.all([1, 2, 3].map((item) => commits.add(item)))).toEqual(['done 1', 'done 2', 'done 3']);
    expect(await commits.add(4)).toBe('done 4');
    expect(groups).toEqual([[1, 2, 3], [4]]);
  });

  test('does not make a group larger than its limit', async () => {
    const { groups, commits } = recording();
    await Promise.all(Array.from({ length: 600 }, (_, item) => commits.add(item)));
    expect(groups.map(({ length }) => length)).toEqual([256, 256, 88]);
  });

  test('tells everybody of the group when the whole of it failed, and goes on', async () => {
    let fails = true;
    const commits = groupCommit<number, number>((items) => {
      if (fails) throw new Error('no');
      return items;
    });
    const results = await Promise.allSettled([commits.add(1), commits.add(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await commits.add(3)).toBe(3);
  });

  test('refuses more than may wait', async () => {
    const { commits } = recording();
    const all = Array.from({ length: 10_000 }, (_, item) => commits.add(item));
    await expect(commits.add(10_000)).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(await Promise.all(all)).toHaveLength(10_000);
    expect(await commits.add(1)).toBe('done 1');
  });

  test('ends what was begun when it is closed, and refuses the rest', async () => {
    const { groups, commits } = recording();
    const all = Promise.all(Array.from({ length: 300 }, (_, item) => commits.add(item)));
    await commits.close();
    expect(groups.flat()).toHaveLength(300);
    expect(await all).toHaveLength(300);
    await expect(commits.add(1)).rejects.toMatchObject({ code: 'audit_unavailable' });
    await commits.close();
  });
});
