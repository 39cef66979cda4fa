import { sha256Hex, utf8 } from '#core/hmac.ts';
import { faultText } from '#core/log.ts';
import { isFinished } from '#core/operation.ts';
import type { Report } from '#core/reports/report.ts';
import type { OperationView } from '#core/wire.ts';
import { approvalRequest } from '../blocks/approval-request.ts';
import { operationMessage } from '../blocks/operation-message.ts';
import { outcomeMessage } from '../blocks/outcome.ts';
import type { Message } from '../blocks/text.ts';
import { postIdOf } from './post-id.ts';
import type { Frame, Settled } from './sender.ts';

/*
 * What is told of an operation, from the database alone:
 *   root message (edited as it runs) → below it, when its plan waits, a call for approval → root with the end → below it
 *   one last reply that calls who asked → closed.
 * Each look offers the next frame of every operation that is not closed; what was sent is stored before the next one.
 * A process that dies goes on from there. The one message that it was posting is posted again under the same id, by which
 * Slack knows it (docs/decisions/0022-posted-once.md).
 */

/** How far a place was told of an operation. */
export interface Telling {
  operation: string;
  /** `asked`: where it was asked for; `followed`: the channel that follows its cluster. */
  place: 'asked' | 'followed';
  team: string;
  channel: string;
  /** Slack's id of who asked; empty for whoever has none. */
  user: string;
  audience: 'channel' | 'asker';
  ts: string | null;
  /** SHA-256 of what the root message shows. */
  shown: string | null;
  /** How many parts were told below it. */
  told: number;
}

export interface FeedDeps {
  /** All that are not closed, the oldest first. */
  open: () => Promise<Telling[]>;
  look: (telling: Telling) => Promise<Seen>;
  note: (telling: Pick<Telling, 'operation' | 'place'>, change: TellingChange) => Promise<void>;
  offer: (frame: Frame) => void;
  log: (line: string) => void;
}

export type TellingChange = Partial<Pick<Telling, 'channel' | 'ts' | 'shown' | 'told'>> & { closed?: true };

interface Next {
  message: Message;
  part: 'root' | 'below' | 'end' | 'alone';
  urgency: Frame['urgency'];
}

interface Offered {
  digest: string;
  telling: Telling;
  part: Next['part'];
}

/** Offers frames to the sender, and stores what came of them. */
export class Feed {
  readonly #deps: FeedDeps;
  /** What the sender has now, by key: not offered again. */
  readonly #offered = new Map<string, Offered>();

  /** Told of since the look that goes on now began: what that look has read of them is old. */
  readonly #moved = new Set<string>();

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  /** One look at everything that is open. An operation that cannot be read holds up no other. */
  async look(): Promise<void> {
    this.#moved.clear();
    for (const telling of await this.#deps.open()) {
      await this.#tell(telling).catch((error: unknown) =>
        this.#deps.log(`slack: ${telling.operation} is not told: ${faultText(error)}`),
      );
    }
  }

  async #tell(telling: Telling): Promise<void> {
    const next = await nextOf(telling, await this.#deps.look(telling));
    if (next === null) return;
    const { operation, place, channel, user, ts, told } = telling;
    const digest = await digestOf(next.message);
    const key = `${operation} ${place} ${next.part === 'root' ? 'root' : 'below'}`;
    if (this.#offered.get(key)?.digest === digest || this.#moved.has(nameOf(telling))) return;
    this.#offered.set(key, { digest, telling, part: next.part });
    this.#deps.offer({
      key,
      channel,
      ts: next.part === 'root' ? ts : null,
      threadTs: next.part === 'root' || next.part === 'alone' ? null : ts,
      onlyFor: next.part === 'alone' && channel !== user ? user : null,
      message: next.message,
      urgency: next.urgency,
      ...(next.part === 'root' && ts !== null
        ? {}
        : { postId: await postIdOf(operation, place, channel, next.part, told) }),
    });
  }

  /** What came of a frame: stored, and only then may the next one of its operation be offered. */
  async settled({ key, message }: Frame, settled: Settled): Promise<void> {
    const offered = this.#offered.get(key);
    if (offered === undefined) return;
    const digest = await digestOf(message);
    try {
      await this.#store(offered, settled, digest);
    } finally {
      this.#moved.add(nameOf(offered.telling));
      if (this.#offered.get(key)?.digest === digest) this.#offered.delete(key);
    }
  }

  async #store({ telling, part }: Offered, settled: Settled, digest: string): Promise<void> {
    const { told } = telling;
    const { note } = this.#deps;
    if (settled.kind === 'dropped') return;
    if (settled.kind === 'gone') return await this.#elsewhere(telling, part, settled.why);
    if (part !== 'root') return await note(telling, part === 'below' ? { told: told + 1 } : { closed: true });
    const { ts, channel, isOlder = false } = settled;
    await note(telling, { ts, shown: isOlder ? null : digest, ...(channel === null ? {} : { channel }) });
  }

  /** A place where nothing can be said is left for the person who asked. */
  async #elsewhere(telling: Telling, part: Next['part'], why: string): Promise<void> {
    const { channel, user, ts, place } = telling;
    const { note } = this.#deps;
    // The message was removed: another one takes its place.
    if (ts !== null && why === 'message_not_found') return await note(telling, { ts: null, shown: null });
    // A channel that follows is told what comes later, once it can be; nobody has asked for this there.
    if (place === 'followed') return await note(telling, { closed: true });
    const isOwn = channel === user || channel.startsWith('D');
    if (!isOwn) return await note(telling, { channel: user, ts: null, shown: null });
    await note(telling, part === 'below' ? { told: 1 } : { closed: true });
  }
}

interface Seen {
  view: OperationView;
  report: Report | null;
  /** Where the whole report is read in a browser. */
  link: string | null;
  approvers: string[];
}

/** The next thing to be told; null when there is nothing new. */
async function nextOf(telling: Telling, { view, report, link, approvers }: Seen): Promise<Next | null> {
  const { user, audience, ts, shown, told } = telling;
  const isOver = isFinished(view.state);
  const end = (): Message => outcomeMessage({ view, report, link, user });
  if (audience === 'asker') return isOver ? { message: end(), part: 'alone', urgency: 'must' } : null;
  const root = operationMessage(view);
  const waits = view.state === 'awaiting-approval';
  if (shown !== (await digestOf(root)) || ts === null)
    return { message: root, part: 'root', urgency: isOver || waits || ts === null ? 'must' : 'middle' };
  if (waits && view.approval !== null && told === 0)
    return { message: approvalRequest(view.approval, approvers), part: 'below', urgency: 'must' };
  return isOver ? { message: end(), part: 'end', urgency: 'must' } : null;
}

const nameOf = ({ operation, place }: Pick<Telling, 'operation' | 'place'>): string => `${operation} ${place}`;

const digestOf = (message: Message): Promise<string> => sha256Hex(utf8(JSON.stringify(message)));
