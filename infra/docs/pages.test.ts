import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { envExample } from './env-example.ts';

const root = join(import.meta.dirname, '../..');
const pages = new Map(
  globSync(['README.md', 'docs/**/*.md'], { cwd: root }).map((name) => [
    name,
    readFileSync(join(root, name), 'utf8').replaceAll(/```[^]*?```/g, ''),
  ]),
);

/** As a heading is called in the address of a page. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

function whyDead(from: string, link: string): string | null {
  const [path = '', anchor = ''] = link.split('#');
  const target = path === '' ? from : relative(root, join(root, dirname(from), path));
  if (!existsSync(join(root, target))) return `there is no ${target}`;
  if (anchor === '' || statSync(join(root, target)).isDirectory()) return null;
  return anchorsOf(pages.get(target) ?? '').includes(anchor) ? null : `${target} has no heading ${anchor}`;
}

describe.each([...pages])('%s', (name, page) => {
  test('has links that lead somewhere', () => {
    const links = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => !/^https?:/.test(link)).map((link) => whyDead(name, link));
    expect(dead.filter((why) => why !== null)).toEqual([]);
  });

  test('names settings that there are', () => {
    // The edge, the lab and the pipelines to copy have some of their own.
    const elsewhere = /^FLOTILLA_(?:ADMIN_NAME|ADMIN_TOKEN|LAB_MIRROR|LAB_STATE|REPOSITORY)$/;
    const named = [...page.matchAll(/\bFLOTILLA_[A-Z_]+\b/g)].map(([setting]) => setting);
    const known = envExample();
    expect(named.filter((setting) => !elsewhere.test(setting) && !known.includes(`#${setting}=`))).toEqual([]);
  });
});
