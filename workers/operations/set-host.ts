import { AppError, type ErrorCode } from '#core/errors.ts';
import { type HostKey, type Machine, machineText, targetText } from '#core/host.ts';
import type { HostFacts } from '#core/observation.ts';
import { swarmAddressNote } from '#core/plan/lost-address.ts';
import type { Observed } from '#core/observed.ts';
import type { OperationRequest } from '#core/operation.ts';
import { observeHost } from '../observe/observe-host.ts';
import type { Ended, RunContext } from '../run-context.ts';
import { machineBehind } from './machine-behind.ts';

type SetRequest = Extract<OperationRequest, { kind: 'set-host' }>;

/**
 * Sees whether a host shows its pinned key in the new way, and whether the engine behind it is the one on record: a clone
 * has the keys of its model. The API takes the new way when this has succeeded. Changes nothing on the host.
 */
export async function runSetHost(context: RunContext): Promise<Ended> {
  const { request } = context.lease.operation;
  if (request.kind !== 'set-host') throw new Error(`set-host was asked to run ${request.kind}`);
  const { host } = request;
  const key = await pinnedKey(context, request);
  const facts = await observeHost(context.hosts, host, []);
  const text = judgeMoved(request, facts);
  const say = (line: string): void => context.reporter.report({ type: 'note', step: null, host, text: line });
  context.reporter.report({ type: 'host-key', host, key });
  say(text);
  if (facts.known) {
    context.reporter.report({ type: 'host-facts', host, facts: facts.value });
    const note = swarmAddressNote(host, request, facts.value);
    if (note !== null) say(note);
  }
  return { kind: 'ended', state: 'succeeded', error: null };
}

const stays = ({ host, from }: SetRequest): string =>
  `${host} is reached as before, as ${targetText(from)}; nothing was changed on it.`;

/** What speaks against the new way is told with what stays, and with what to do about the new way. */
async function pinnedKey({ hosts }: RunContext, request: SetRequest): Promise<HostKey> {
  const { host, to } = request;
  try {
    return await hosts.shownKey(host);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, next } = error;
    throw new AppError(code, `As ${targetText(to)}: ${message}`, {
      host: error.host ?? host,
      done: stays(request),
      next: wayOut(host, code, next),
    });
  }
}

function wayOut(host: string, code: ErrorCode, next = 'Mend that.'): string {
  if (code === 'host_key_changed') return otherKey(host);
  return code === 'host_unreachable'
    ? 'Check address, port and bastion, that sshd runs there, and the firewalls in between. Then ask again.'
    : `${next} Then ask again.`;
}

const otherKey = (host: string): string =>
  `Another machine may have that address. If it is ${host}, and its key was replaced as well, it must be pinned where it is ` +
  `reached now (\`flotilla host pin ${host}\`) before it moves; if it was installed anew, it is a new node: ` +
  `\`flotilla node rm ${host} --force\` where it was one, then \`flotilla host rm ${host}\` and \`flotilla host add ${host}\`.`;

/** As `machineBehind` has it, with the ways on of one that may have moved. */
export const judgeMoved = (request: SetRequest, facts: Observed<HostFacts>): string =>
  machineBehind(facts, {
    ...request,
    shown: 'the pinned key',
    cannotTell: (code, reason) => notTold(request, code, reason),
    isAnother: (seen) => anotherMachine(request, seen),
  });

function notTold(request: SetRequest, code: ErrorCode, reason: string): AppError {
  const { host } = request;
  const message = `${host} shows its key there, but whether it is the machine on record cannot be told: ${reason}`;
  const next = 'Mend that, then ask again; or, where the key alone is enough, with `--force`.';
  return new AppError(code, message, { host, done: stays(request), next });
}

function anotherMachine(request: SetRequest, seen: Machine): AppError {
  const { host, to, recorded } = request;
  const message =
    `As ${targetText(to)} another machine answers than the one on record: it shows the key of ${host}, as a copy of its disk ` +
    `does, but ${machineText(recorded)} is on record, and ${machineText(seen)} answers.`;
  const next =
    `Look for the address of the right one. If ${host} was installed anew, it is a new node: \`flotilla node rm ${host} --force\` ` +
    `where it was one, then \`flotilla host rm ${host}\` and \`flotilla host add ${host}\`. To take this machine for ${host} all the same: \`--force\`.`;
  return new AppError('conflict', message, { host, done: stays(request), next });
}
