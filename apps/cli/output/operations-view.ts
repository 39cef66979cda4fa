import { targetText } from '#core/host.ts';
import type { Operation, OperationRequest, OperationState } from '#core/operation.ts';
import { actorName } from './actor-text.ts';
import { ago, duration } from './duration.ts';
import { noColours, type Paint } from './paint.ts';
import { table, type TableOptions } from './table.ts';

export const stateText = (state: OperationState, paint: Paint): string =>
  ({
    queued: paint.dim,
    'awaiting-approval': paint.yellow,
    running: paint.cyan,
    succeeded: paint.green,
    failed: paint.red,
    blocked: paint.yellow,
    cancelled: paint.yellow,
  })[state](state);

/** What was asked for, in a few words: `apply revision 3`, `probe host h1`. */
export function requestText(request: OperationRequest): string {
  switch (request.kind) {
    case 'apply':
    case 'plan':
      return `${request.kind} revision ${request.revision}`;
    case 'verify':
      return request.networks.length === 0 ? 'verify' : `verify ${request.networks.join(', ')}`;
    case 'preflight':
      return `preflight ${request.hosts.join(', ')}`;
    case 'inspect':
      return `inspect network ${request.network}`;
    case 'ps':
      return 'what runs';
    case 'logs':
      return `logs of ${request.of} ${request.name}`;
    case 'adopt':
      return `adopt ${request.name} from ${request.from}`;
    case 'probe-host':
      return `probe host ${request.host}`;
    case 'clean-host':
      return `clean host ${request.host}`;
    case 'restart-engine':
      return `restart engine of ${request.host}`;
    case 'pin-host':
      return `pin the key of ${request.host}`;
    case 'set-host':
      return `reach ${request.host} as ${targetText(request.to)}`;
  }
}

/** How long it ran, or has been running. */
export function tookText({ startedAt, endedAt }: Operation, nowMs: number): string {
  if (startedAt === null) return '-';
  return duration(Math.max(0, (endedAt === null ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt)));
}

/** The end of an id names it as well (their beginning is the time): `ops show seghrta8`. */
export const endOfId = (id: string): string => id.replace(/(?:op|dlv|msg)_[0-9a-z]{18}([0-9a-z]{8})/, '$1');

/** A table of operations, in the order given. */
export function operationsLines(operations: Operation[], nowMs: number, options: TableOptions = {}): string[] {
  const paint = options.paint ?? noColours;
  return table(
    [
      { title: 'OPERATION', brief: endOfId },
      { title: 'WHAT', elastic: true },
      { title: 'STATE' },
      { title: 'BY', elastic: true },
      { title: 'STARTED' },
      { title: 'TOOK', align: 'right' },
    ],
    operations.map((one) => [
      one.id,
      requestText(one.request) + (one.cluster === null ? '' : ` of ${one.cluster}`),
      stateText(one.state, paint) + (one.cancelRequested && one.endedAt === null ? ' (cancelling)' : ''),
      actorName(one.actor),
      ago(one.startedAt ?? one.createdAt, nowMs),
      tookText(one, nowMs),
    ]),
    options,
  );
}
