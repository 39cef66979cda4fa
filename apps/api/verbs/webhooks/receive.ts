import { eq, sql } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import type { HookAnswer } from '#core/webhooks/contract.ts';
import type { WebhookFacts } from '#core/webhooks/facts/facts.ts';
import { payloadOf } from '#core/webhooks/payload.ts';
import { type Matched, matchRules } from '#core/webhooks/rule.ts';
import { refusalOf, senders, whyNoWork } from '#core/webhooks/senders.ts';
import type { Headers } from '#core/webhooks/signatures.ts';
import { update } from '#db/change.ts';
import { noRow } from '#db/guard.ts';
import { webhookDeliveries } from '#db/schema/index.ts';
import { insertRow } from '#db/template.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Deps } from '../../deps.ts';
import type { Context } from '../../http/env.ts';
import type { DeliveryRow, SourceRow } from '../../views/webhook.ts';
import { asCi } from './as-ci.ts';
import { carryOut } from './carry-out.ts';
import { firstDelivery, firstDeliveryQuery, type Incoming } from './first-delivery.ts';

/** A request as it came, its source known. */
export interface Came {
  source: SourceRow;
  secrets: readonly string[];
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
  requestId: string;
}

type Delivered = Incoming & Pick<DeliveryRow, 'id' | 'at' | 'facts'>;

/**
 * A webhook through the same door as everything else: signature, time, then what it says; a rule makes a command of it,
 * and the operation and the delivery are one commit. A repeat is answered with the first one's operation.
 * @throws AppError `unauthenticated`, `unsupported_media_type`, `invalid_input`, and what the command is refused with
 */
export async function receiveHook(deps: Deps, came: Came): Promise<HookAnswer> {
  const facts = await checkedFacts(deps, came);
  const { source, headers, body } = came;
  const delivered: Delivered = {
    id: newId('dlv', deps.nowMs()),
    at: timeOf(deps.nowMs()),
    source: source.id,
    senderId: senders[source.kind].idOf(headers),
    bodySha256: await deps.sha256(body),
    facts,
  };
  const matched: Matched =
    facts === null ? { kind: 'ignored', why: whyNoWork(source.kind, headers) } : matchRules(source.rules, facts);
  try {
    return await taken(deps, came, { delivered, matched });
  } catch (error) {
    // A repeat is refused by what the commits of `taken` expect or write; only then is it looked for.
    const first = await firstDelivery(deps.store, delivered);
    if (first !== null) return await repeated(deps, first);
    throw error;
  }
}

async function checkedFacts(deps: Deps, { source, secrets, headers, body }: Came): Promise<WebhookFacts | null> {
  const sender = senders[source.kind];
  const { hmac } = deps;
  const delivery = { body, headers, nowMs: deps.nowMs(), ...(hmac === undefined ? {} : { hmac }) };
  const verdict = await sender.check(delivery, secrets);
  if (verdict !== 'good') {
    const { message, next } = refusalOf(source.kind, verdict);
    throw new AppError('unauthenticated', message, { done: 'Nothing was done.', next });
  }
  const payload = payloadOf(headers['content-type'], body);
  if (payload.ok) return sender.factsOf(headers, payload.value);
  if (payload.kind === 'not-json') throw new AppError('invalid_input', payload.why, { done: 'Nothing was done.' });
  throw new AppError('unsupported_media_type', payload.why, {
    done: 'Nothing was done.',
    next: 'Let the sender send JSON; on GitHub the content type is a setting of the webhook.',
  });
}

interface Taken {
  delivered: Delivered;
  matched: Matched;
}

async function taken(deps: Deps, { source, requestId }: Came, { delivered, matched }: Taken): Promise<HookAnswer> {
  const cluster = matched.kind === 'command' ? matched.cluster : null;
  const ctx = await asCi(deps, { source, cluster, person: delivered.facts?.person ?? null, requestId });
  const { id: delivery } = delivered;
  if (matched.kind === 'ignored') {
    const { why } = matched;
    await commit(deps, {
      changes: [kept(delivered, { state: 'ignored', why })],
      events: [toldOf(ctx, source, { delivered, matched }, { outcome: 'recorded', why })],
    });
    return { delivery, state: 'ignored', operation: null, why, repeated: false };
  }
  const { text: command } = matched;
  const { id } = await carryOut(ctx, matched, {
    // For a revision alone: the database keeps deliveries that were taken unique, see its schema.
    expects: [noRow('the delivery is new', firstDeliveryQuery(deps.store.read, delivered))],
    changes: (operation) => [kept(delivered, { state: 'accepted', why: null, command, cluster, operation })],
    events: (operation) => [toldOf(ctx, source, { delivered, matched }, { outcome: 'recorded', operation })],
  }).catch(async (error: unknown) => {
    await keepFailed(ctx, source, { delivered, matched }, error);
    throw error;
  });
  return { delivery, state: 'accepted', operation: id, why: null, repeated: false };
}

type Outcome = Pick<DeliveryRow, 'state' | 'why'> & Partial<Pick<DeliveryRow, 'command' | 'cluster' | 'operation'>>;

const kept = (delivered: Delivered, outcome: Outcome) => insertRow(webhookDeliveries, { ...delivered, ...outcome });

/** The command was refused: the sender may send it again once what stood in the way is gone. */
async function keepFailed(ctx: Context, source: SourceRow, { delivered, matched }: Taken, error: unknown) {
  const first = await firstDelivery(ctx.deps.store, delivered);
  if (first !== null || !(error instanceof AppError) || matched.kind !== 'command') return;
  const { text: command, cluster } = matched;
  await commit(ctx.deps, {
    changes: [kept(delivered, { state: 'failed', why: error.message, command, cluster })],
    events: [toldOf(ctx, source, { delivered, matched }, { outcome: 'refused', why: error.message })],
  });
}

interface Told {
  outcome: 'recorded' | 'refused';
  why?: string;
  operation?: string;
}

function toldOf(ctx: Context, source: SourceRow, { delivered, matched }: Taken, told: Told) {
  const { facts, senderId, bodySha256, id } = delivered;
  const { event = null, action = null, repository = null, ref = null, sha = null, person = null } = facts ?? {};
  return recordOf(ctx, {
    action: 'webhook.received',
    outcome: told.outcome,
    cluster: matched.kind === 'command' ? matched.cluster : null,
    target: { kind: 'delivery', id },
    operation: told.operation ?? null,
    details: {
      source: source.name,
      senderId,
      bodySha256,
      said: { event, action, repository, ref, sha, person },
      ...(matched.kind === 'command' ? { command: matched.text } : {}),
      ...(told.why === undefined ? {} : { why: told.why }),
    },
  });
}

/** What the first one was answered with, and that it came once more. */
async function repeated(deps: Deps, first: DeliveryRow): Promise<HookAnswer> {
  const more = update(webhookDeliveries).set({ repeats: sql`${webhookDeliveries.repeats} + 1` });
  await commit(deps, { changes: [more.where(eq(webhookDeliveries.id, first.id))], events: [] });
  const state = first.state === 'accepted' ? 'accepted' : 'ignored';
  return { delivery: first.id, state, operation: first.operation, why: first.why, repeated: true };
}
