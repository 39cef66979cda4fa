import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { until } from '#lab/wait.ts';
import { type ServedSlack, serveFakeSlack } from '#test/fakes/slack/serve.ts';
import { addUser, type FakeMessage } from '#test/fakes/slack/workspace.ts';
import { createStage, type Stage } from './support/stage.ts';

/* The whole tutorial from a channel: Ann asks, Bob agrees, and whoever reads the channel only can tell what happened. */

const ops = 'C0OPS';
const [ann, bob] = ['U0ANN', 'U0BOB'];
let stage: Stage;
let served: ServedSlack;

beforeAll(async () => {
  served = await serveFakeSlack(async (request) =>
    fetch(`${stage.flotilla.url}/slack/events`, {
      method: 'POST',
      headers: request.headers,
      body: await request.arrayBuffer(),
    }),
  );
  const { workspace } = served.slack;
  stage = await createStage({
    id: 'slack-tutorial',
    hosts: 3,
    settings: {
      SLACK_SIGNING_SECRET: workspace.signingSecret,
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_API_URL: `${served.url}/api/`,
    },
  });
  await join('ann', ann, 'operator');
  await join('bob', bob, 'approver');
  await unwrap(stage.api.v1.policy.$put({ json: { policy: { approvals: [{ low: 1, medium: 1 }] } } }));
});
afterAll(async () => {
  await stage?.close();
  await served?.close();
});

async function join(name: string, user: string, role: 'operator' | 'approver'): Promise<void> {
  const { workspace } = served.slack;
  addUser(workspace, user, { name });
  const { id } = await unwrap(stage.api.v1.persons.$post({ json: { name, role } }));
  const json = { kind: 'slack', externalId: `${workspace.team}/${user}` } as const;
  await unwrap(stage.api.v1.persons[':person'].identities.$post({ param: { person: id }, json }));
}

const wordsOf = ({ text, blocks }: FakeMessage): string => `${text} ${JSON.stringify(blocks)}`;

/** The first message after a moment that fits, once it is there. */
const message = (what: string, since: number, fits: (one: FakeMessage) => boolean): Promise<FakeMessage> =>
  until(what, () => served.slack.workspace.messages.slice(since).find(fits), { limitMs: 150_000 });

const isRoot = (words: string) => (one: FakeMessage) => one.threadTs === null && wordsOf(one).includes(words);
const said = () => served.slack.workspace.messages.length;

/** Ann says what she wants, sees the plan and asks for it; Bob agrees; the last reply. */
async function change(text: string): Promise<FakeMessage> {
  const since = said();
  await served.slack.command(ann, ops, text);
  const plan = await message(`the plan of ${text}`, since, isRoot('"plan-apply"'));
  await served.slack.click(ann, plan, 'plan-apply');
  const waiting = await message(`the call for approval of ${text}`, since, isRoot('"plan-approve"'));
  await served.slack.click(bob, waiting, 'plan-approve');
  const end = await message(
    `the end of ${text}`,
    since,
    (one) => one.threadTs === waiting.ts && wordsOf(one).includes(`<@${ann}> Apply`),
  );
  expect(wordsOf(waiting)).toContain(`approved by <@${bob}>`);
  return end;
}

test('init, join, network, service and container, each asked for by one person and approved by another', async () => {
  for (const text of [
    'cluster create demo --manager h1 : the tutorial',
    'node add h2 --role worker in demo',
    'node add h3 --role worker in demo',
    'network create my_overlay_network --attachable --subnet 10.200.1.0/24 in demo',
    'service create nginx-service --image nginx --network my_overlay_network --mode global in demo',
    'container run nginx-container --host h2 --image nginx --network my_overlay_network in demo',
  ]) {
    expect(`${text}: ${wordsOf(await change(text))}`).toContain('succeeded');
  }
}, 600_000);

test('verify shows who reaches whom, inspect one view of all hosts', async () => {
  const since = said();
  await served.slack.command(ann, ops, 'verify demo');
  const proof = await message(
    'the proof',
    since,
    (one) => one.threadTs !== null && wordsOf(one).includes('Verification'),
  );
  expect(wordsOf(proof)).toMatch(/succeeded.*Verification passed.*6 of 6 pairs reached/);
  await served.slack.command(ann, ops, 'inspect my_overlay_network in demo');
  const view = await message(
    'the inspection',
    since,
    (one) => one.onlyFor === ann && one.text.startsWith('Inspection'),
  );
  for (const part of [
    'my_overlay_network: overlay, attachable',
    'subnet 10.200.1.0/24',
    'h2: container nginx-container',
  ])
    expect(wordsOf(view)).toContain(part);
}, 300_000);

test('a failed verification is told in the channel, with its cause by name and what to do', async () => {
  await stage.lab.host('h2').fault('vxlan');
  try {
    const since = said();
    await served.slack.command(bob, ops, 'verify demo : something is slow');
    const end = await message('the failure', since, (one) => one.threadTs !== null && one.text.includes('failed'));
    for (const part of [`<@${bob}>`, 'data-port-blocked', 'Fix', '4789', '✗']) expect(wordsOf(end)).toContain(part);
    const root = served.slack.workspace.messages.find(({ ts }) => ts === end.threadTs);
    expect(root === undefined ? '' : wordsOf(root)).toContain('something is slow');
  } finally {
    await stage.lab.host('h2').heal();
  }
}, 300_000);
