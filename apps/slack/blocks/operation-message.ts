import type { KnownBlock } from '@slack/types';
import type { Actor } from '#core/actor.ts';
import { type Approval, type ApprovalState, countSentence, isPending } from '#core/approval/approval.ts';
import { type Operation, type OperationState } from '#core/operation.ts';
import type { Plan } from '#core/plan.ts';
import type { OperationView, StepView } from '#core/wire.ts';
import { findingSentence, riskSentence, stepSentence } from '#core/wording.ts';
import { type DecisionLine, decisionLines, planStepLines, takenNames } from '#core/wording/plan-lines.ts';
import { buttonsOf } from './buttons.ts';
import {
  code,
  context,
  type Message,
  mention,
  message,
  moment,
  plain,
  preformatted,
  preformattedBlocks,
  section,
} from './text.ts';

const marks: Record<OperationState, string> = {
  'awaiting-approval': ':raised_hand:',
  queued: ':hourglass_flowing_sand:',
  running: ':arrows_counterclockwise:',
  succeeded: ':white_check_mark:',
  failed: ':x:',
  blocked: ':no_entry:',
  cancelled: ':black_square_for_stop:',
};

/** Steps shown in the root message; the rest is counted, and told in the thread. */
const stepsShown = 20;

/** Of what a message may be; what was decided and what to know has to fit as well. */
const planBlocksMax = 2;

export const kindWords: Record<Operation['kind'], string> = {
  apply: 'Apply',
  plan: 'Plan',
  verify: 'Verification',
  preflight: 'Preflight',
  inspect: 'Inspection',
  ps: 'What runs',
  logs: 'Logs',
  adopt: 'Adoption',
  'probe-host': 'Look at a host',
  'clean-host': 'Clean a host',
  'restart-engine': 'Restart of an engine',
  'pin-host': 'Pin a host key',
  'set-host': 'Reach a host in another way',
};

/** The root message of an operation: what, where, who, why, how far, and what can be done about it. */
export function operationMessage(view: OperationView): Message {
  const { kind, cluster, state, error, plan } = view;
  const title = `${kindWords[kind]}${cluster === null ? '' : ` of ${plain(cluster)}`}: ${stateText(state)}`;
  const isPreview = (kind === 'plan' || state === 'awaiting-approval') && plan !== null;
  return message(title, [
    section(`${marks[state]} *${title}*\n${whoAndWhy(view)}`),
    ...(isPreview ? planBlocks(plan) : []),
    ...(kind === 'apply' && view.steps.length > 0 ? [section(preformatted(stepLines(view.steps)))] : []),
    ...(view.approval === null ? [] : approvalBlocks(view.approval)),
    ...(error === null ? [] : [section(errorText(error))]),
    context(...facts(view)),
    ...buttonsOf(view),
  ]);
}

export const stateText = (state: OperationState): string =>
  state === 'awaiting-approval' ? 'waits for approval' : state;

/** Slack shows a person's own name for his id; everybody else is named. */
export const actorText = (actor: Actor): string => {
  const slackUser = actor.kind === 'person' ? /^slack:[^/]+\/([UW][A-Z0-9]+)$/.exec(actor.via)?.[1] : undefined;
  return slackUser === undefined ? `*${plain(actor.name)}*` : mention(slackUser);
};

const whoAndWhy = ({ actor, reason }: Operation): string =>
  `asked for by ${actorText(actor)}${reason === null ? '' : `: ${plain(reason)}`}`;

export const errorText = ({ message: what, done, next }: NonNullable<Operation['error']>): string =>
  [`*What happened*: ${plain(what)}`, done && `*Done*: ${plain(done)}`, next && `*Next*: ${plain(next)}`]
    .filter((line) => line !== undefined)
    .join('\n');

const stepMarks: Record<string, string> = { done: '✓', 'already-done': '✓', blocked: '!', failed: '✗', running: '…' };

function stepLines(steps: readonly StepView[]): string[] {
  const line = ({ step, state, outcome }: StepView): string =>
    `${stepMarks[outcome?.kind ?? state] ?? ' '} ${step.host ?? 'manager'}: ${stepSentence(step)}`;
  // What runs, failed or comes next is looked for; what is done is counted first when there is too much.
  const hidden = Math.max(0, steps.length - stepsShown);
  const done = steps.filter(({ state }) => state === 'ended').length;
  const from = Math.min(hidden, Math.max(0, done - 3));
  const shown = steps.slice(from, from + stepsShown);
  return [
    ...(from > 0 ? [`✓ ${from} steps before`] : []),
    ...shown.map(line),
    ...(from + shown.length < steps.length ? [`  ${steps.length - from - shown.length} more steps`] : []),
  ];
}

/** Who agreed and who did not, how many are missing, and until when. */
function approvalBlocks(approval: Approval): KnownBlock[] {
  const votes = approval.votes.map(
    ({ verdict, via, name, reason }) =>
      `${verdict === 'approve' ? ':white_check_mark: approved' : ':no_entry: denied'} by ${voterText(via, name)}${reason === null ? '' : `: ${plain(reason)}`}`,
  );
  const open = isPending(approval.state)
    ? `*${plain(countSentence(approval))}*; good until ${moment(approval.expiresAt)}`
    : approvalWords[approval.state];
  return [section([open, ...votes].join('\n'))];
}

const approvalWords: Record<ApprovalState, string> = {
  open: 'Waits for approval',
  approved: 'Approved',
  used: 'Approved, and run',
  denied: 'Denied',
  expired: 'Not approved in time',
  stale: 'Another plan has taken the place of the one that was to be approved',
  cancelled: 'No approval is needed any more',
};

const voterText = (via: string, name: string): string => actorText({ kind: 'person', person: '', name, via });

/** What changes, on how many hosts, how risky, what was decided and what to know. */
export function planBlocks({ steps, decisions, warnings, risk, base, revision }: Plan): KnownBlock[] {
  const from = base === null || base === revision ? '' : ` from revision ${base}`;
  const known = warnings.map((finding) =>
    section(`${finding.severity === 'note' ? ':information_source:' : ':warning:'} ${plain(findingSentence(finding))}`),
  );
  if (steps.length === 0) return [section(`Nothing to do: the cluster is as revision ${revision} says.`), ...known];
  const hosts = new Set(steps.map(({ host }) => host).filter((host) => host !== null)).size;
  const lines = planStepLines(steps).flatMap(({ first, last, host, sentence, details }) => [
    `${first === last ? first : `${first}-${last}`}. ${host ?? 'manager'}: ${sentence}`,
    ...details.map((line) => `   ${line}`),
  ]);
  return [
    section(`To revision ${revision}${from}: ${steps.length} steps on ${hosts} hosts. *Risk*: ${riskSentence(risk)}.`),
    ...preformattedBlocks(lines, planBlocksMax).map((block) => section(block)),
    ...listed('Taken over as they run', takenNames(decisions).map(takenText)),
    ...listed('Decided', decisionLines(decisions).map(decidedText)),
    ...known,
  ];
}

const listed = (title: string, lines: readonly string[]): KnownBlock[] =>
  lines.length === 0 ? [] : [section(`*${title}*\n${lines.join('\n')}`)];

const takenText = ({ kind, names }: { kind: string; names: string[] }): string => plain(`${kind} ${names.join(', ')}`);

const decidedText = ({ paths, value, reason }: DecisionLine): string =>
  plain(`${paths.join(', ')}: ${value} (${reason})`);

function facts({ id, planDigest, createdAt, endedAt }: Operation): string[] {
  return [
    code(id),
    ...(planDigest === null ? [] : [`plan ${code(planDigest.slice(0, 12))}`]),
    endedAt === null ? `asked ${moment(createdAt)}` : `ended ${moment(endedAt)}`,
  ];
}
