import { expect, test } from 'vitest';
import { FakeSlack } from '#test/fakes/slack/fake-slack.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';
import { fakeSlackPages } from '../../infra/fake-slack/pages.ts';

test('the page of the fake Slack types a command as a person, and shows what each may see', async () => {
  const slack = new FakeSlack({ url: 'http://slack.test', app: () => Response.json({ text: 'for you alone' }) });
  addUser(slack.workspace, 'U0ANN');
  addUser(slack.workspace, 'U0BOB');
  const pages = fakeSlackPages(slack);
  expect(await (await pages.request('/')).text()).toContain('id="messages"');
  const body = JSON.stringify({ user: 'U0ANN', channel: 'C0OPS', text: 'status' });
  const headers = { 'content-type': 'application/json' };
  await pages.request('/page/command', { method: 'POST', headers, body });
  const seen = async (user: string) =>
    Object(await (await pages.request(`/page/state?user=${user}&channel=C0OPS`)).json()).messages;
  expect(await seen('U0ANN')).toMatchObject([{ text: 'for you alone' }]);
  expect(await seen('U0BOB')).toEqual([]);
  const click = JSON.stringify({ user: 'U0ANN', ts: 'none', action: 'x' });
  expect((await pages.request('/page/click', { method: 'POST', headers, body: click })).status).toBe(404);
});
