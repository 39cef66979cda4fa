import type { AuditEvent } from '../../audit.ts';
import { textAt } from '../../member.ts';
import { type OutEvent, outEventTypes, type OutEventType } from './contract.ts';

/** Actions of the record that people outside may be told of. */
export const toldActions = [
  'operation.requested',
  'operation.ended',
  'approval.requested',
  'host-key.changed',
  'verification.broken',
  'verification.recovered',
] as const;

const ended: Readonly<Record<string, OutEventType>> = {
  succeeded: 'operation.succeeded',
  failed: 'operation.failed',
  blocked: 'operation.blocked',
  cancelled: 'operation.cancelled',
};

function typeOf({ action, details }: Pick<AuditEvent, 'action' | 'details'>): OutEventType | null {
  if (action === 'operation.ended') return ended[textAt(details, 'state') ?? ''] ?? null;
  return outEventTypes.find((type) => type === action) ?? null;
}

/** What is told of an event of the record; null for what is told to nobody. */
export function outEventOf(
  event: Pick<AuditEvent, 'sequence' | 'at' | 'action' | 'actor' | 'cluster' | 'operation' | 'details'>,
): OutEvent | null {
  const type = typeOf(event);
  if (type === null) return null;
  const { sequence, at, actor, cluster, operation, details } = event;
  return {
    type,
    timestamp: at,
    data: {
      sequence,
      cluster,
      operation,
      kind: textAt(details, 'kind'),
      actor: { kind: actor.kind, name: actor.name },
      code: textAt(details, 'code'),
      message: textAt(details, 'message'),
    },
  };
}
