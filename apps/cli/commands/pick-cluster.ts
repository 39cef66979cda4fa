import { AppError } from '#core/errors.ts';
import type { Api } from '#cli/api.ts';

/** The cluster that was named, else the only one there is. @throws AppError `not_found`, `invalid_input` */
export async function pickCluster({ client, ask }: Api, name: string | undefined): Promise<string> {
  if (name !== undefined) return name;
  const { items } = await ask(client.v1.clusters.$get());
  const [only] = items;
  if (only === undefined)
    throw new AppError('not_found', 'There is no cluster yet', {
      next: 'Make one: `flotilla apply -f FILE`, or `flotilla cluster create`.',
    });
  if (items.length > 1)
    throw new AppError('invalid_input', 'There is more than one cluster, so the command must name one', {
      done: 'Nothing was sent.',
      next: `Name one of: ${items.map((one) => one.name).join(', ')}.`,
    });
  return only.name;
}

/** A cluster may be named by the argument or by `--cluster`. @throws AppError `invalid_input` when they differ */
export function oneName(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument === undefined || option === undefined || argument === option) return argument ?? option;
  throw new AppError('invalid_input', `The command names two clusters: ${argument} and ${option}`, {
    done: 'Nothing was sent.',
    next: 'Name one.',
  });
}
