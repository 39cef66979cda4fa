import { AppError } from '#core/errors.ts';

/** As many of the newest are looked at for a shortened id. */
export const lookedAt = 200;

interface Kind {
  /** What one is called, and several. */
  one: string;
  several: string;
  prefix: string;
  /** The command that lists them. */
  list: string;
}

export const kinds = {
  operation: { one: 'operation', several: 'operations', prefix: 'op', list: 'flotilla ops ls' },
  delivery: { one: 'delivery', several: 'deliveries', prefix: 'dlv', list: 'flotilla webhooks deliveries' },
  message: { one: 'message', several: 'messages', prefix: 'msg', list: 'flotilla webhooks messages' },
} as const satisfies Record<string, Kind>;

interface Wanted {
  text: string;
  kind: Kind;
  /** The newest first. */
  newest: () => Promise<{ items: { id: string }[] }>;
}

/**
 * The id of what was named whole, by the end of its id (they differ there, their beginning is the time), or as `last`.
 * @throws AppError `not_found`, or `invalid_input` for an empty id and when several end so.
 */
export async function pickByEnd({ text, kind, newest }: Wanted): Promise<string> {
  if (new RegExp(`^${kind.prefix}_[0-9a-z]{26}$`).test(text)) return text;
  if (text.trim() === '')
    throw new AppError('invalid_input', `The id of the ${kind.one} is empty`, {
      done: 'Nothing was sent.',
      next: `Give it, or its end, or \`last\`: ${kind.list}. What was refused has made none.`,
    });
  const { items } = await newest();
  const found = text === 'last' ? items.slice(0, 1) : items.filter(({ id }) => id.endsWith(text));
  const [one, other] = found;
  if (one === undefined)
    throw new AppError(
      'not_found',
      text === 'last' ? `No ${kind.one} is on record yet` : `No ${kind.one} is called ${text}`,
      { next: `List them: \`${kind.list}\`.` },
    );
  if (other !== undefined)
    throw new AppError('invalid_input', `${found.length} ${kind.several} end with ${text}`, {
      next: 'Give more of the id.',
    });
  return one.id;
}
