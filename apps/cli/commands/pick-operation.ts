import type { Api } from '#cli/api.ts';
import { isAnswered } from '#core/operation.ts';
import { kinds, lookedAt, pickByEnd } from './pick-by-end.ts';

type IsPassedOver = typeof isAnswered;

/** The id of an operation that was named whole, by its end, or as `last`. @throws as pickByEnd */
export const pickOperation = (api: Api, text: string): Promise<string> => pick(api, text, () => false);

/** The same of one to retry or to cancel, where `last` passes over questions that were answered. @throws as pickByEnd */
export const pickWork = (api: Api, text: string): Promise<string> => pick(api, text, isAnswered);

const pick = ({ client, ask }: Api, text: string, isPassedOver: IsPassedOver): Promise<string> =>
  pickByEnd({
    text,
    kind: kinds.operation,
    newest: async () => {
      const { items } = await ask(client.v1.operations.$get({ query: { limit: String(lookedAt) } }));
      return { items: text === 'last' ? items.filter((operation) => !isPassedOver(operation)) : items };
    },
  });
