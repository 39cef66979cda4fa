import { moment } from '#core/moments.ts';
import type { DeliveryView, MadeSource, SourceKind, SourceView } from '#core/webhooks/contract.ts';
import type { WebhookRule } from '#core/webhooks/rule.ts';
import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import { readText } from '#cli/input/read-file.ts';
import { readRulesFile } from '#cli/input/rules-file.ts';
import { ago } from '#cli/output/duration.ts';
import { endOfId } from '#cli/output/operations-view.ts';
import { overlapText } from '#cli/output/overlap-text.ts';
import { table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';
import { kinds, lookedAt, pickByEnd } from './pick-by-end.ts';

export async function webhooksLs(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.webhooks.sources.$get());
  const columns = [{ title: 'SOURCE' }, { title: 'KIND' }, { title: 'PATH' }, { title: 'COMMANDS', elastic: true }];
  const none = 'Nobody may send webhooks yet. Let somebody: flotilla webhooks add SOURCE --kind KIND -f RULES';
  session.show(items, () => table(columns, items.map(cells), { ...session.layout(), none }));
}

const cells = ({ name, kind, path, rules }: SourceView): string[] => [
  name,
  kind,
  path,
  rules.map(({ event, command, cluster }) => `${event}: ${command} in ${cluster}`).join('; '),
];

export async function webhooksShow(session: Session, source: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const view = await ask(client.v1.webhooks.sources[':source'].$get({ param: { source } }));
  session.show(view, () => [
    `${view.name} (${view.kind}) sends to ${view.path}`,
    ...view.rules.map((rule) => `  ${ruleText(rule)}`),
    ...view.secrets.map(
      ({ id, createdAt, expiresAt }) =>
        `  secret ${id} of ${moment(createdAt)}, until ${expiresAt === null ? 'rolled' : moment(expiresAt)}`,
    ),
  ]);
}

/** `on push of 123, ref refs/heads/main: service update …, in prod` */
function ruleText({ event, repository, cluster, command, ...only }: WebhookRule): string {
  const more = Object.entries(only).map(([key, value]) => `, ${key} ${value}`);
  return `on ${event} of ${repository}${more.join('')}: ${command}, in ${cluster}`;
}

interface AddOptions {
  kind: SourceKind;
  file: string;
  secretFile?: string;
}

export async function webhooksAdd(session: Session, name: string, options: AddOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const { rules, located } = await readRulesFile(options.file);
  const json = {
    name,
    kind: options.kind,
    rules,
    secret: options.secretFile === undefined ? null : (await readText(options.secretFile)).trim(),
  };
  told(session, await located(ask(client.v1.webhooks.sources.$post({ json }))));
}

/** The secret alone on the standard output, so that it can be piped to where it belongs. */
function told(session: Session, made: MadeSource): void {
  const { source, secret } = made;
  session.err.write(`${source.name} sends to ${session.connection().url}${source.path}\n`);
  if (secret !== null) session.err.write('Its secret is shown this once:\n');
  session.show(made, () => (secret === null ? [] : [secret]));
}

export async function webhooksRules(session: Session, source: string, { file }: { file: string }): Promise<void> {
  const { client, ask } = apiOf(session);
  const { rules, located } = await readRulesFile(file);
  const put = ask(client.v1.webhooks.sources[':source'].rules.$put({ param: { source }, json: { rules } }));
  const view = await located(put);
  session.show(view, () => [
    `${source} follows ${view.rules.length === 1 ? '1 rule' : `${view.rules.length} rules`} now.`,
  ]);
}

interface RollOptions {
  overlap?: number;
  secretFile?: string;
}

export async function webhooksRoll(session: Session, source: string, options: RollOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const json = {
    secret: options.secretFile === undefined ? null : (await readText(options.secretFile)).trim(),
    ...(options.overlap === undefined ? {} : { overlapMinutes: options.overlap }),
  };
  const made = await ask(client.v1.webhooks.sources[':source'].roll.$post({ param: { source }, json }));
  told(session, made);
  session.err.write(`${overlapText('secret', made.source.secrets)}\n`);
}

export async function webhooksRm(session: Session, source: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const { client, ask } = apiOf(session);
  await agree(session, yes, `Remove ${source}? What it sends from now on is refused.`);
  const removed = await ask(client.v1.webhooks.sources[':source'].$delete({ param: { source } }));
  session.show(removed, () => [`${removed.removed} is removed.`]);
}

interface ListOptions {
  source?: string;
  state?: DeliveryView['state'];
  limit?: number;
}

export async function webhooksDeliveries(session: Session, options: ListOptions): Promise<void> {
  const { client, ask } = apiOf(session);
  const query = {
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.state === undefined ? {} : { state: options.state }),
    limit: String(options.limit ?? 20),
  };
  const { items } = await ask(client.v1.webhooks.deliveries.$get({ query }));
  const columns = [
    { title: 'DELIVERY', brief: endOfId },
    { title: 'SOURCE', elastic: true },
    { title: 'WHEN' },
    { title: 'STATE' },
    { title: 'EVENT', elastic: true },
    { title: 'WHAT CAME OF IT', wraps: true, brief: endOfId },
  ];
  const row = (one: DeliveryView): string[] => [
    one.id,
    one.source,
    ago(one.at, Date.now()),
    one.repeats === 0 ? one.state : `${one.state}, again ${one.repeats}×`,
    one.event ?? '-',
    one.operation ?? one.why ?? '-',
  ];
  const none = 'No webhook that fits has come.';
  session.show(items, () => table(columns, items.map(row), { ...session.layout(), none }));
}

export async function webhooksReplay(session: Session, text: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const delivery = await pickByEnd({
    text,
    kind: kinds.delivery,
    newest: () => ask(client.v1.webhooks.deliveries.$get({ query: { limit: String(lookedAt) } })),
  });
  const made = await ask(client.v1.webhooks.deliveries[':delivery'].replay.$post({ param: { delivery } }));
  session.show(made, () => [`${made.delivery.command ?? ''}: ${made.operation.id}`]);
}
