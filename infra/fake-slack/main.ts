import { serveFakeSlack } from '#test/fakes/slack/serve.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';
import { fakeSlackPages } from './pages.ts';

/* `npm run fake-slack`: a Slack on this machine with a page that looks like a channel; see docs/slack.md. */

const flotilla = process.env['FLOTILLA_URL'] ?? 'http://127.0.0.1:7766';
const port = Number(process.env['FAKE_SLACK_PORT'] ?? '7780');

const { slack, url, close } = await serveFakeSlack(async (request) => {
  const body = await request.arrayBuffer();
  return await fetch(`${flotilla}/slack/events`, { method: 'POST', headers: request.headers, body }).catch(
    () => new Response('', { status: 502 }),
  );
}, port);
addUser(slack.workspace, 'U0ANN', { name: 'ann' });
addUser(slack.workspace, 'U0BOB', { name: 'bob' });
addUser(slack.workspace, 'U0GUS', { name: 'gus (a guest)', isRestricted: true });
slack.workspace.channels.set('C0NET', { id: 'C0NET', name: 'network', appIsMember: true, archived: false });
slack.workspace.groups.set('S0615G0KT', { id: 'S0615G0KT', handle: 'network-admins', users: ['U0BOB'] });
slack.routes.route('/', fakeSlackPages(slack));
const { signingSecret, botToken, team } = slack.workspace;
console.log(`Fake Slack: ${url}
Start the control plane with:
  SLACK_API_URL=${url}/api/ SLACK_SIGNING_SECRET=${signingSecret} SLACK_BOT_TOKEN=${botToken} flotilla up
and make two of its people known here:
  flotilla person add ann --role operator && flotilla person link ann slack ${team}/U0ANN
  flotilla person add bob --role approver && flotilla person link bob slack ${team}/U0BOB
Ctrl-C stops it.`);
process.once('SIGINT', () => void close());
process.once('SIGTERM', () => void close());
