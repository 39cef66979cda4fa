import type { AuditDraft } from '#core/audit.ts';
import { insertInto } from '#db/change.ts';
import { hosts, operations } from '#db/schema/index.ts';

const at = '2026-11-24T00:00:00.000Z';
const actor = { kind: 'person', person: 'per_1', name: 'Ada', via: 'token:t1' } as const;

export const hostRow = (name: string): typeof hosts.$inferInsert => ({
  name,
  address: '192.0.2.1',
  port: 22,
  user: 'root',
  key: 'default',
  acceptNew: false,
  createdAt: at,
});

/** The change that adds a host. */
export const addHost = (name: string) => insertInto(hosts).values(hostRow(name));

/** The change that adds a queued verification of no cluster in particular. */
export const addOperation = (id: string) =>
  insertInto(operations).values({
    id,
    kind: 'verify',
    state: 'queued',
    request: { kind: 'verify', networks: [], connectivity: null },
    actor,
    createdAt: at,
  });

/** An event about a host. */
export const eventOf = (host: string, fields: Partial<AuditDraft> = {}): AuditDraft => ({
  action: 'host.added',
  actor,
  source: 'http',
  outcome: 'succeeded',
  cluster: null,
  target: { kind: 'host', id: host },
  operation: null,
  reason: null,
  details: { host },
  ...fields,
});
