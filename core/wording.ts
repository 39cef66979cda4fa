import { serviceAccess } from './engine/host-access.ts';
import type { Decision, Plan, Risk } from './plan.ts';
import type { Finding } from './finding.ts';
import type { Step, StepArgs, StepKind } from './step.ts';
import { networkSentence, serviceSentence } from './wording/engine-body.ts';
import { containerSentence } from './wording/container.ts';
import { containerGiven, serviceGiven } from './wording/given.ts';
import { ownLabelPrefix } from './spec/names.ts';

/** A step kind without a sentence does not compile. */
const sentences: { [K in StepKind]: (args: StepArgs[K]) => string } = {
  'prepare-host': ({ joins }) => (joins ? 'check that the host is fit to join' : 'check the host'),
  'init-swarm': initSentence,
  'join-manager': ({ via, advertiseAddr }) => `join as a manager through ${via}, advertising ${advertiseAddr}`,
  'join-worker': ({ via, advertiseAddr }) => `join as a worker through ${via}, advertising ${advertiseAddr}`,
  'set-node': nodeSentence,
  'drain-node': ({ node }) => `drain node ${node} until no task is left there`,
  'leave-swarm': () => 'leave the swarm',
  'end-swarm': () => 'leave the swarm as its last node, which ends it with all that it holds',
  'remove-node': ({ node, force }) => `remove node ${node} from the swarm${force ? ' by force' : ''}`,
  'rotate-join-token': ({ role }) => `rotate the join token of ${role}s: the old one lets nobody in any more`,
  'restart-engine': ({ reason }) => `restart the engine (${reason})`,
  'create-network': ({ network, create }) => `create network ${network} (${networkSentence(create)})`,
  'remove-network': ({ network, usedBy = [] }) =>
    `remove network ${network}${usedBy.length === 0 ? '' : `, used by ${usedBy.join(', ')}`}`,
  'create-config': configSentence,
  'remove-config': ({ config }) => `remove config ${config}, which nothing is given any more`,
  'create-secret': ({ secret }) => `create secret ${secret}, whose value the worker has`,
  'remove-secret': ({ secret }) => `remove secret ${secret}, which nothing is given any more`,
  'create-service': ({ service, spec }) => `create service ${service} (${serviceSentence(spec)})`,
  'update-service': updateSentence,
  'remove-service': ({ service }) => `remove service ${service}`,
  'run-container': ({ container, spec }) => `run container ${container} (${containerSentence(spec)})`,
  'replace-container': ({ container, spec, changes }) =>
    `replace container ${container}: ${changes.join(', ')} (${containerSentence(spec)})`,
  'remove-container': ({ container }) => `remove container ${container}`,
  verify: verifySentence,
};

/**
 * One sentence for a step, from the same value that is carried out. It does not name the step's own host, which is
 * printed in front of it, and never tells the value of an environment variable.
 */
export const stepSentence = (step: Step): string => sentenceOf(step)(step.args);

/** The table's type pairs each kind with its own arguments, which TypeScript cannot follow through a union. */
function sentenceOf(step: Step): (args: Step['args']) => string {
  return sentences[step.kind] as (args: Step['args']) => string;
}

/** What is to be read below a step's sentence, line by line: how a config changes, what one that is made is given. */
export function stepDetails(step: Step): readonly string[] {
  switch (step.kind) {
    case 'create-config':
      return step.args.changes;
    case 'create-service':
      return serviceGiven(step.args.spec);
    case 'run-container':
      return containerGiven(step.args.spec);
    default:
      return [];
  }
}

/** `create config nginx_conf (1204 bytes, as nginx_conf-5891b5b522d5, in place of nginx_conf-0a1b2c3d4e5f)`. */
function configSentence({ config, name, bytes, replaces }: StepArgs['create-config']): string {
  const inPlaceOf = replaces === null ? '' : `, in place of ${replaces}`;
  return `create config ${config} (${bytes} ${bytes === 1 ? 'byte' : 'bytes'}, as ${name}${inPlaceOf})`;
}

function initSentence(args: StepArgs['init-swarm']): string {
  const extra = [
    ...(args.dataPathAddr === null ? [] : [`data path ${args.dataPathAddr}`]),
    `data path port ${args.dataPathPort}`,
    ...(args.addressPools.length === 0 ? [] : [`address pools ${args.addressPools.join(', ')} in /${args.subnetSize}`]),
  ];
  return `start the swarm ${args.cluster}, advertising ${args.advertiseAddr} (${extra.join(', ')})`;
}

/** With what it has of its host, which makes the risk of any change of it. */
function updateSentence({ service, spec, changes, labelsOnly }: StepArgs['update-service']): string {
  const access = labelsOnly === true ? [] : serviceAccess(spec);
  return `update service ${service}: ${changes.join('; ')}${access.length === 0 ? '' : ` (${access.join(', ')})`}`;
}

function nodeSentence({ node, role, availability, labels }: StepArgs['set-node']): string {
  const shown = Object.entries(labels).filter(([name]) => !name.startsWith(ownLabelPrefix));
  const text = shown.map(([name, value]) => `${name}=${value}`).join(', ');
  return `set node ${node}: ${role}, ${availability}, ${text === '' ? 'no labels' : `labels ${text}`}`;
}

function verifySentence({ connectivity, networks, http, published }: StepArgs['verify']): string {
  const parts = [
    ...(connectivity === 'none' || networks.length === 0
      ? []
      : [`${connectivity} connectivity on ${networks.join(', ')}`]),
    ...(published.length === 0
      ? []
      : [`published ${published.length === 1 ? 'port' : 'ports'} ${published.map(({ port }) => port).join(', ')}`]),
    ...http.map(({ url, expect }) => `${url} answers ${expect}`),
  ];
  return `verify: ${parts.join('; ')}`;
}

const riskSentences: Record<Risk, string> = {
  read: 'read (changes nothing)',
  low: 'low (only adds, or takes away what nothing uses)',
  medium: 'medium (changes or restarts something that runs)',
  high: 'high (removes something, takes a manager away, or gives a container a hold on its host)',
  critical:
    'critical (takes away a network in use, a manager for good or the last that could be spared, a node by force, or the swarm)',
};

/** The risk class with what it means. */
export const riskSentence = (risk: Risk): string => riskSentences[risk];

/** `networks.a.mtu: 1450 (the smallest path MTU …)`. */
export const decisionSentence = ({ path, value, reason }: Decision): string => `${path}: ${value} (${reason})`;

/** `warning mtu-above-path: … Fix: …`. */
export const findingSentence = ({ severity, id, message, fix }: Finding): string =>
  `${severity} ${id}: ${message}${fix === undefined ? '' : ` ${fix}`}`;

/** The whole plan as plain text: risk, numbered steps with their host, what was decided, warnings. */
export function planText({ cluster, base, revision, steps, decisions, risk, warnings }: Plan): string {
  const from = base === null || base === revision ? '' : ` from ${base}`;
  const width = String(steps.length).length;
  const lines = [
    `${cluster}, revision ${revision}${from}: ${steps.length === 0 ? 'nothing to do' : `risk ${riskSentence(risk)}`}`,
    ...steps.flatMap((step, at) => [
      `${String(at + 1).padStart(width)}. ${hostPrefix(step)}${stepSentence(step)}`,
      ...stepDetails(step).map((line) => `${' '.repeat(width + 2)}${line}`),
    ]),
    ...decisions.map((decision) => `decided ${decisionSentence(decision)}`),
    ...warnings.map((warning) => findingSentence(warning)),
  ];
  return lines.join('\n');
}

const hostPrefix = ({ host }: Step): string => (host === null ? '' : `${host}: `);
