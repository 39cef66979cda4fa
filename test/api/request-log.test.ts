import { expect, test } from 'vitest';
import { world, worldForAllTests } from './the-world.ts';

worldForAllTests();

const logged = (): string[] => world.entries.map((entry) => String(Object(JSON.parse(entry)).msg));

test.each([
  ['a link to a report', 'GET', '/reports/rpt_1/1790000000.c2VjcmV0LXNpZ25hdHVyZQ', 'c2VjcmV0'],
  ['the address of a source of webhooks', 'POST', '/hooks/whk_of-a-sender-that-signs-nothing', 'whk_of'],
])('%s opens a door by itself, and is logged without what opens it', async (_, method, path, secret) => {
  await world.api.app.request(path, { method });
  expect(logged().some((msg) => msg.startsWith(`${method} ${path.split('/').slice(0, 2).join('/')}/:`))).toBe(true);
  expect(world.entries.join('\n')).not.toContain(secret);
});

test('any other path is logged as it was asked for', async () => {
  await world.api.app.request('/v1/hosts/h1');
  expect(logged()).toContain('GET /v1/hosts/h1 401');
});
