import { AppError } from '#core/errors.ts';
import type { Api } from '#cli/api.ts';

/** As many of the newest operations are looked at for a shortened id. */
const lookedAt = 200;
const wholeId = /^op_[0-9a-z]{26}$/;

/**
 * The id of an operation that was named whole, by the end of its id (they differ there, their beginning is the time),
 * or as `last`. @throws AppError `not_found`, or `invalid_input` when several end so.
 */
export async function pickOperation({ client, ask }: Api, text: string): Promise<string> {
  if (wholeId.test(text)) return text;
  const { items } = await ask(client.v1.operations.$get({ query: { limit: String(lookedAt) } }));
  const found = text === 'last' ? items.slice(0, 1) : items.filter(({ id }) => id.endsWith(text));
  const [one, other] = found;
  if (one === undefined)
    throw new AppError(
      'not_found',
      text === 'last' ? 'No operation is on record yet' : `No operation is called ${text}`,
      {
        next: 'List them: `flotilla ops ls`.',
      },
    );
  if (other !== undefined)
    throw new AppError('invalid_input', `${found.length} operations end with ${text}`, {
      next: 'Give more of the id.',
    });
  return one.id;
}
