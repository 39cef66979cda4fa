import type { KnownBlock } from '@slack/types';
import { inspectionSchema } from '#core/inspection.ts';
import { memberAt, textAt } from '#core/member.ts';
import type { OperationState } from '#core/operation.ts';
import type { Report } from '#core/reports/report.ts';
import { runningSchema } from '#core/running.ts';
import { undoRevision } from '#core/undo.ts';
import type { OperationView } from '#core/wire.ts';
import { code, context, type Message, mention, message, plain, preformatted, section } from './text.ts';
import { actorText, errorText, kindWords, planBlocks } from './operation-message.ts';
import { buttonsOf } from './buttons.ts';
import { reportBlocks } from './report.ts';
import { runningLines } from './running.ts';

export interface Outcome {
  view: OperationView;
  /** What was found, for verifications, preflights and applies that end with one. */
  report: Report | null;
  /** Where the whole report is read in a browser. */
  link: string | null;
  /** Slack's id of who asked, who is called since an edited message calls nobody; empty where he has none. */
  user: string;
}

const words: Partial<Record<OperationState, string>> = {
  succeeded: ':white_check_mark: succeeded',
  failed: ':x: failed',
  blocked: ':no_entry: was stopped before it changed anything more',
  cancelled: ':black_square_for_stop: was cancelled',
};

/** The last word on an operation: how it ended, what was found, what to do, and who waited for it. */
export function outcomeMessage({ view, report, link, user }: Outcome): Message {
  const { id, kind, cluster, state, error } = view;
  const what = `${kindWords[kind]}${cluster === null ? '' : ` of ${plain(cluster)}`}`;
  const seconds = tookText(view);
  return message(`${what}: ${state}`, [
    section(`${user === '' ? actorText(view.actor) : mention(user)} ${what} ${words[state] ?? state}${seconds}.`),
    ...(error === null ? [] : [section(errorText(error))]),
    ...undoBlocks(view),
    ...(kind === 'plan' && view.plan !== null ? planBlocks(view.plan) : []),
    ...(report === null ? resultBlocks(view.result) : reportBlocks(report, link)),
    ...(kind === 'plan' ? buttonsOf(view) : []),
    context(code(id)),
  ]);
}

function undoBlocks(view: OperationView): KnownBlock[] {
  const revision = undoRevision(view);
  return revision === null ? [] : [section(`*Undo*: ${code(`rollback ${revision} in ${view.cluster ?? ''}`)}`)];
}

function tookText({ startedAt, endedAt }: OperationView): string {
  if (startedAt === null || endedAt === null) return '';
  return ` after ${Math.max(1, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000))} s`;
}

/** What an inspection or a look at a host answers with. */
function resultBlocks(result: unknown): KnownBlock[] {
  const inspection = inspectionSchema.safeParse(result);
  if (inspection.success) return [section(preformatted(inspectionLines(inspection.data)))];
  const running = runningSchema.safeParse(result);
  if (running.success) return [section(preformatted(runningLines(running.data)))];
  const host = textAt(result, 'host');
  if (host === null) return [];
  const facts = ['os', 'kernel', 'architecture', 'engineVersion'].flatMap((name) => {
    const value = memberAt(result, 'facts', name);
    return typeof value === 'string' ? [`${name}: ${value}`] : [];
  });
  return [section(preformatted([`host: ${host}`, ...facts]))];
}

type Inspection = ReturnType<typeof inspectionSchema.parse>;

function inspectionLines({
  name,
  driver,
  mtu,
  attachable,
  encrypted,
  subnets,
  endpoints,
  hosts,
}: Inspection): string[] {
  const marks = [
    driver,
    attachable ? 'attachable' : '',
    encrypted ? 'encrypted' : '',
    mtu === null ? '' : `mtu ${mtu}`,
  ];
  const unseen = Object.entries(hosts).flatMap(([host, seen]) => (seen.known ? [] : [`? ${host}: ${seen.reason}`]));
  return [
    `${name}: ${marks.filter((mark) => mark !== '').join(', ')}`,
    ...subnets.map(({ subnet, gateway }) => `subnet ${subnet}${gateway === null ? '' : `, gateway ${gateway}`}`),
    ...endpoints.map(({ host, kind, name: endpoint, address }) => `${host}: ${kind} ${endpoint} ${address}`),
    ...unseen,
  ];
}
