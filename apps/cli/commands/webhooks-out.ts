import type { MessageView, OutEventType, TargetView } from '#core/webhooks/out/contract.ts';
import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import { ago } from '#cli/output/duration.ts';
import { endOfId } from '#cli/output/operations-view.ts';
import { overlapText } from '#cli/output/overlap-text.ts';
import { table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';
import { kinds, lookedAt, pickByEnd } from './pick-by-end.ts';

export async function targetsLs(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.webhooks.targets.$get());
  const columns = [
    { title: 'TARGET' },
    { title: 'ADDRESS', elastic: true },
    { title: 'EVENTS', wraps: true },
    { title: 'CLUSTERS', elastic: true },
    // A key that is cut is none.
    { title: 'PUBLIC KEY', spare: true },
    { title: 'STATE' },
  ];
  const none = 'Nobody is told of events yet. Tell somebody: flotilla webhooks tell TARGET --to URL --event EVENT';
  session.show(items, () => table(columns, items.map(targetCells), { ...session.layout(), none }));
}

const targetCells = ({ name, url, events, clusters, keys, disabledAt }: TargetView): string[] => [
  name,
  url,
  events.join(', '),
  clusters.join(', '),
  keys.map(({ publicKey }) => publicKey).join(' '),
  disabledAt === null ? 'told' : 'disabled',
];

interface TellOptions {
  to: string;
  event: OutEventType[];
  cluster?: string[];
  allowPrivate?: boolean;
}

export async function targetAdd(session: Session, name: string, options: TellOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const { to: url, event: events, cluster: clusters = ['*'], allowPrivate = false } = options;
  const view = await ask(client.v1.webhooks.targets.$post({ json: { name, url, events, clusters, allowPrivate } }));
  session.show(view, () => [`${name} is told of ${events.join(', ')}. Its public key:`, view.keys[0]?.publicKey ?? '']);
}

export async function targetRoll(session: Session, target: string, { overlap }: { overlap?: number }): Promise<void> {
  const { client, ask } = apiOf(session);
  const json = overlap === undefined ? {} : { overlapMinutes: overlap };
  const view = await ask(client.v1.webhooks.targets[':target'].roll.$post({ param: { target }, json }));
  session.show(view, () => [view.keys.at(-1)?.publicKey ?? '']);
  session.err.write(`${overlapText('key', view.keys)}\n`);
}

export async function targetEnable(session: Session, target: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const view = await ask(client.v1.webhooks.targets[':target'].enable.$post({ param: { target } }));
  session.show(view, () => [`${target} is told again, also of what has waited.`]);
}

export async function targetRm(session: Session, target: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const { client, ask } = apiOf(session);
  await agree(session, yes, `Remove ${target}? It is told nothing any more.`);
  const removed = await ask(client.v1.webhooks.targets[':target'].$delete({ param: { target } }));
  session.show(removed, () => [`${removed.removed} is removed.`]);
}

interface MessageOptions {
  target?: string;
  state?: MessageView['state'];
  limit?: number;
}

export async function messagesLs(session: Session, options: MessageOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const { limit = 20, ...rest } = options;
  const { items } = await ask(client.v1.webhooks.messages.$get({ query: { ...rest, limit: String(limit) } }));
  const columns = [
    { title: 'MESSAGE', brief: endOfId },
    { title: 'TARGET', elastic: true },
    { title: 'EVENT' },
    { title: 'WHEN' },
    { title: 'STATE' },
    { title: 'LAST ANSWER', wraps: true },
  ];
  const cells = (one: MessageView): string[] => [
    one.id,
    one.target,
    one.type,
    ago(one.createdAt, Date.now()),
    one.state === 'waiting' && one.attempts > 0 ? `waiting, tried ${one.attempts}×` : one.state,
    one.lastStatus === null ? (one.lastError ?? '-') : String(one.lastStatus),
  ];
  const none = 'No message that fits was sent or waits.';
  session.show(items, () => table(columns, items.map(cells), { ...session.layout(), none }));
}

export async function messageResend(session: Session, text: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const message = await pickByEnd({
    text,
    kind: kinds.message,
    newest: () => ask(client.v1.webhooks.messages.$get({ query: { limit: String(lookedAt) } })),
  });
  const view = await ask(client.v1.webhooks.messages[':message'].replay.$post({ param: { message } }));
  session.show(view, () => [`${view.id} is sent to ${view.target} once more.`]);
}
