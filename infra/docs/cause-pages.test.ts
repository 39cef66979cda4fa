import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { causePages } from './cause-pages.ts';

const folder = join(import.meta.dirname, '../../docs/causes');

test('docs/causes is what the catalogue says (`npm run docs` writes it)', async () => {
  const pages = causePages();
  expect((await readdir(folder)).toSorted()).toEqual([...pages.keys()].toSorted());
  for (const [name, text] of pages) expect(await readFile(join(folder, name), 'utf8')).toBe(text);
});

test('placeholders are no tags, and commands keep them', () => {
  const page = causePages().get('host-cut-off.md') ?? '';
  expect(page).toContain('&lt;host&gt;');
  expect(causePages().get('ssh-port-closed.md')).toContain('`ufw allow <port>/tcp`');
});
