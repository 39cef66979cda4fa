import { groupSentence } from '#core/access/groups.ts';
import type { CommandResult } from '#core/command/answer.ts';
import { commandAt, commands } from '#core/command/commands.ts';
import { notAppliedText } from '#core/revision-summary.ts';
import { stepSentence } from '#core/wording.ts';
import type { Context } from '../../http/env.ts';
import { listAudit } from '../audit/list.ts';
import { listClusters } from '../clusters/list.ts';
import { showCluster } from '../clusters/show.ts';
import { listHosts } from '../hosts/list.ts';
import { showHost } from '../hosts/show.ts';
import { listOperations } from '../operations/list.ts';
import { showOperation } from '../operations/show.ts';
import { textArg, textArgOrNull } from './args.ts';
import type { Handler } from './handler.ts';
import { operationId } from './operation-id.ts';
import { mayUse } from './may-use.ts';
import { table, text } from './results.ts';
import { wanted } from './wanted.ts';

/** Commands that only look into the database; each verb below checks who asks. */
export const asking: Readonly<Record<string, Handler>> = {
  help: (ctx, intent) => {
    const topic = textArgOrNull(intent, 'topic');
    const found = topic === null ? undefined : commandAt(topic.split(/\s+/));
    const shown = found === undefined ? [...commands.values()].filter((one) => mayUse(ctx, one)) : [found.command];
    const rows = shown.map(({ name, summary, example }) => ({ name, summary, example }));
    return Promise.resolve({ kind: 'commands', commands: rows });
  },
  whoami: ({ caller: { actor, role, source, subject } }) => {
    const groups = subject.kind === 'person' ? (subject.groups ?? []) : [];
    const who = `You are ${actor.name}, with the role ${role}, through ${source}.`;
    const next = '`can VERB in CLUSTER` says what you may, `help` what can be said.';
    return Promise.resolve(text([who, ...groups.map((seen) => groupSentence(seen)), next]));
  },
  status: async (ctx, { cluster }) => {
    if (cluster !== null) return clusterStatus(ctx, cluster);
    const { items } = await listClusters({ ctx, input: { limit: 200 } });
    if (items.length === 0)
      return text([
        'There is no cluster yet. `host ls` shows the hosts; make one of them: `cluster create NAME --manager HOST`.',
      ]);
    const rows = await Promise.all(items.map(async ({ name }) => [name, ...(await newestWork(ctx, name))]));
    return table('Clusters', ['cluster', 'last operation', 'state', 'at'], rows);
  },
  audit: async (ctx, intent) => {
    const q = textArgOrNull(intent, 'query');
    const { items } = await listAudit({ ctx, input: { limit: 15, ...(q === null ? {} : { q }) } });
    const rows = items.map(({ sequence, at, actor, action, outcome, cluster }) => [
      String(sequence),
      at.slice(0, 19),
      actor.name,
      action,
      outcome,
      cluster ?? '',
    ]);
    return table('Record, the newest first', ['#', 'at', 'who', 'what', 'outcome', 'cluster'], rows);
  },
  'host ls': async (ctx) => {
    const { items } = await listHosts({ ctx, input: { limit: 200 } });
    return table(
      'Hosts',
      ['host', 'address', 'cluster'],
      items.map(({ name, address, cluster }) => [name, address, cluster ?? '']),
    );
  },
  'host show': async (ctx, intent) => {
    const host = await showHost({ ctx, input: { name: textArg(intent, 'host') } });
    const seen = host.lastSeen === null ? 'never seen' : `seen at ${host.lastSeen.at}`;
    return text([
      `${host.name}: ${host.user}@${host.address}:${host.port}, ${host.cluster ?? 'in no cluster'}, ${seen}`,
    ]);
  },
  ...wanted,
  'ops ls': async (ctx, { args, cluster }) => {
    const limit = typeof args['limit'] === 'number' ? args['limit'] : 10;
    const { items } = await listOperations({ ctx, input: { limit, ...(cluster === null ? {} : { cluster }) } });
    const rows = items.map(({ id, kind, cluster: of, state, actor }) => [id, kind, of ?? '', state, actor.name]);
    return table('Operations, the newest first', ['id', 'kind', 'cluster', 'state', 'who'], rows);
  },
  'ops show': async (ctx, intent) => {
    const id = await operationId(ctx, textArg(intent, 'operation'));
    const { kind, cluster, state, actor, error, steps } = await showOperation({ ctx, input: { id, wait: 0 } });
    return text([
      `${id}: ${kind} ${cluster ?? ''} by ${actor.name}: ${state}`,
      ...steps.map(
        ({ step, state: at, outcome }) => `${step.host ?? 'manager'}: ${stepSentence(step)}: ${outcome?.kind ?? at}`,
      ),
      ...(error === null ? [] : [`${error.message} ${error.done ?? ''} ${error.next ?? ''}`.trim()]),
    ]);
  },
};

async function clusterStatus(ctx: Context, name: string): Promise<CommandResult> {
  const cluster = await showCluster({ ctx, input: { cluster: name } });
  const { currentRevision, swarmId } = cluster;
  const notApplied = notAppliedText(cluster);
  const [kind = '', state = '', at = ''] = await newestWork(ctx, name);
  return text([
    `${name}: ${currentRevision === null ? 'nothing applied yet' : `revision ${currentRevision}`}, ${swarmId === null ? 'no swarm' : `swarm ${swarmId}`}`,
    kind === '' ? 'No operation yet.' : `Last operation: ${kind} ${state} at ${at}`,
    ...(notApplied === null ? [] : [notApplied]),
  ]);
}

async function newestWork(ctx: Context, cluster: string): Promise<string[]> {
  const { items } = await listOperations({ ctx, input: { cluster, limit: 1 } });
  const [last] = items;
  return last === undefined ? ['', '', ''] : [last.kind, last.state, last.endedAt ?? last.createdAt];
}
