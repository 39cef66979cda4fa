import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manifestOf, scopes } from './manifest.ts';
import { methods } from './web/methods.ts';

/** Every source of the Slack app, to see what it really calls. */
const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('methods.ts'))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n');

it('asks for the scopes of what is called, and for no other', () => {
  const called = [...sources.matchAll(/'((?:[a-z]+\.)+[a-zA-Z]+)', \{|'((?:auth)\.test)'/g)].map(
    ([, one, other]) => one ?? other ?? '',
  );
  const known = Object.keys(methods);
  expect(new Set(called.filter((name) => known.includes(name)))).toEqual(new Set(known));
  expect(
    called.filter((name) => /^(?:chat|users|views|conversations|usergroups)\./.test(name) && !known.includes(name)),
  ).toEqual([]);
  expect(scopes).toEqual(['chat:write', 'commands', 'usergroups:read', 'users:read']);
});

it('points Slack at the control plane, or at nothing with Socket Mode', () => {
  const http = manifestOf({ url: 'https://flotilla.example.com/' });
  expect(http.features.slash_commands).toMatchObject([{ url: 'https://flotilla.example.com/slack/events' }]);
  expect(http.settings).toMatchObject({ socket_mode_enabled: false, interactivity: { is_enabled: true } });
  const socket = manifestOf({ url: null });
  expect(JSON.stringify(socket)).not.toContain('https://');
  expect(socket.settings.socket_mode_enabled).toBe(true);
});
