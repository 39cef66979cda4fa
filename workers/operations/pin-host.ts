import { AppError, type ErrorCode } from '#core/errors.ts';
import { type HostKey, keysCommand, type Machine, machineText, shownIn } from '#core/host.ts';
import type { HostFacts } from '#core/observation.ts';
import type { Observed } from '#core/observed.ts';
import type { OperationRequest } from '#core/operation.ts';
import { observeHost } from '../observe/observe-host.ts';
import type { Ended, RunContext } from '../run-context.ts';
import { machineBehind } from './machine-behind.ts';

type PinRequest = Extract<OperationRequest, { kind: 'pin-host' }>;

/**
 * Sees whether a host shows the key that it is to be held to, and whether the engine behind it is the one on record: a
 * new key and a new engine at once mean another machine. The API pins it when this has succeeded. Changes nothing there.
 */
export async function runPinHost(context: RunContext): Promise<Ended> {
  const { request } = context.lease.operation;
  if (request.kind !== 'pin-host') throw new Error(`pin-host was asked to run ${request.kind}`);
  const { host } = request;
  const key = await askedKey(context, request);
  const facts = await observeHost(context.hosts, host, []);
  const text = judgeMachine(request, facts);
  context.reporter.report({ type: 'host-key', host, key });
  if (facts.known) context.reporter.report({ type: 'host-facts', host, facts: facts.value });
  context.reporter.report({ type: 'note', step: null, host, text });
  return { kind: 'ended', state: 'succeeded', error: null };
}

const stays = { done: 'The pinned key is the one that it was; nothing was changed on the host.' };

async function askedKey({ hosts }: RunContext, { host, fingerprint }: PinRequest): Promise<HostKey> {
  try {
    return await hosts.shownKey(host);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'host_key_changed')) throw error;
    const shown = shownIn(error.message) ?? 'another key';
    throw new AppError('host_key_changed', `${host} shows ${shown}, and not ${fingerprint}.`, {
      host,
      ...stays,
      next: `Read the key on the console of the host (\`${keysCommand}\`). If it has the one that you named, somebody is in between.`,
    });
  }
}

/** As `machineBehind` has it, with the ways on of one whose key was replaced. */
export const judgeMachine = (request: PinRequest, facts: Observed<HostFacts>): string =>
  machineBehind(facts, {
    ...request,
    shown: 'the key',
    cannotTell: (code, reason) => notTold(request, code, reason),
    isAnother: (seen) => anotherMachine(request, seen),
  });

function notTold({ host, fingerprint }: PinRequest, code: ErrorCode, reason: string): AppError {
  const message = `${host} shows the key, but whether it is the machine on record cannot be told: ${reason}`;
  const next = `Let its engine answer and pin it again; or pin it unseen: flotilla host pin ${host} --fingerprint ${fingerprint} --force`;
  return new AppError(code, message, { host, ...stays, next });
}

function anotherMachine({ host, fingerprint, recorded }: PinRequest, seen: Machine): AppError {
  const message =
    `${host} shows the key, but it is another machine than the one on record, or was installed anew: ` +
    `${machineText(recorded)} is on record, and ${machineText(seen)} answers.`;
  const next =
    `If it was installed anew, it is a new node: \`flotilla node rm ${host} --force\` where it was one, then \`flotilla host rm ${host}\` ` +
    `and \`flotilla host add ${host}\`. To hold ${host} to this machine all the same: flotilla host pin ${host} --fingerprint ${fingerprint} --force`;
  return new AppError('conflict', message, { host, ...stays, next });
}
