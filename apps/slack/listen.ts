import type { App } from '@slack/bolt';
import { textAt } from '#core/member.ts';
import { clip } from './blocks/text.ts';
import { answerClick } from './said/answer-click.ts';
import { answerCommand, type AnswerDeps } from './said/answer-command.ts';
import { answerModal } from './said/answer-modal.ts';
import { bodyOf, type Reply, soon, tellLate } from './said/reply.ts';
import { tellOne } from './said/tell-one.ts';

export interface Shared extends AnswerDeps {
  /** The runtime's own, for response URLs. */
  fetch: (request: Request) => Promise<Response>;
}

/** What the app listens to. Each listener acknowledges once it knows, or after a moment, and goes on. */
export function listen(app: App, shared: Shared): void {
  onCommands(app, shared);
  onClicks(app, shared);
  onModals(app, shared);
}

function onCommands(app: App, shared: Shared): void {
  app.command(/^\//, async ({ command, ack }) => {
    const { team_id: team, user_id: user, channel_id: channel, text, response_url: responseUrl } = command;
    const work = answerCommand(shared, { team, user, channel, text, triggerId: command.trigger_id });
    const ready = await soon(work);
    if (ready !== null) return await ack(ready.value === null ? undefined : bodyOf(ready.value));
    await ack({ response_type: 'ephemeral', text: 'Working on it; the answer comes here.' });
    await tell(shared, await work, { channel, user, responseUrl });
  });
}

function onClicks(app: App, shared: Shared): void {
  app.action({ type: 'block_actions' }, async ({ body, action, ack }) => {
    const team = textAt(body, 'team', 'id') ?? textAt(body, 'user', 'team_id') ?? '';
    const channel = textAt(body, 'channel', 'id') ?? textAt(body, 'container', 'channel_id') ?? '';
    const user = body.user.id;
    const work = answerClick(shared, {
      team,
      user,
      channel,
      action: action.action_id,
      value: textAt(action, 'value') ?? '',
      triggerId: textAt(body, 'trigger_id'),
    });
    // Not before it is committed: a process that dies in between leaves a click that Slack marks as failed.
    await soon(work, clickMs);
    await ack();
    await tell(shared, await work, { channel, user, responseUrl: textAt(body, 'response_url') });
  });
}

/** Slack waits three seconds for the answer to a click or a modal. */
const clickMs = 2_000;

function onModals(app: App, shared: Shared): void {
  app.view(/./, async ({ body, view, ack }) => {
    const user = body.user.id;
    const team = textAt(body, 'team', 'id') ?? textAt(body, 'user', 'team_id') ?? '';
    const work = answerModal(shared, { team, user }, view);
    const ready = await soon(work, clickMs);
    const error = ready?.value?.error;
    if (error !== undefined) {
      const { block, why } = error;
      return await ack({ response_action: 'errors', errors: { [block]: clip(why, errorMax) } });
    }
    await ack();
    const submitted = await work;
    if (submitted !== null)
      await tell(shared, submitted.reply, { channel: submitted.channel, user, responseUrl: null });
  });
}

const errorMax = 300;

interface Where {
  channel: string;
  user: string;
  responseUrl: string | null;
}

/** By the response URL, and where that is used up or away by the Web API: whoever asked is told. */
async function tell(shared: Shared, reply: Reply | null, { channel, user, responseUrl }: Where): Promise<void> {
  if (reply === null) return;
  try {
    if (responseUrl === null) throw new Error('there is no response URL');
    await tellLate(reply, { responseUrl, fetch: shared.fetch });
  } catch {
    const posted = reply.inChannel ? await shared.web('chat.postMessage', { channel, ...reply.message }) : null;
    if (posted?.kind === 'ok') return;
    await tellOne(shared.web, { channel, user }, reply.message).catch((error: unknown) =>
      shared.log(`slack: an answer was not told: ${String(error)}`),
    );
  }
}
