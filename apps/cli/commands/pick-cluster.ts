import { AppError } from '#core/errors.ts';
import { meantCluster } from '#core/meant-cluster.ts';
import type { Api } from '#cli/api.ts';

/** The cluster that was named, else the only one there is, or that is not taken down. @throws AppError `not_found`, `invalid_input` */
export async function pickCluster({ client, ask }: Api, name: string | undefined): Promise<string> {
  if (name !== undefined) return name;
  const { items } = await ask(client.v1.clusters.$get());
  const meant = meantCluster(items);
  if (meant !== null) return meant.name;
  if (items.length === 0)
    throw new AppError('not_found', 'There is no cluster yet', {
      next: 'Make one: `flotilla apply -f FILE`, or `flotilla cluster create`.',
    });
  throw new AppError('invalid_input', 'There is more than one cluster, so the command must name one', {
    done: 'Nothing was sent.',
    next: `Name one of: ${items.map((one) => one.name).join(', ')}.`,
  });
}

/** A cluster may be named by the argument or by `--cluster`. @throws AppError `invalid_input` when they differ */
export function oneName(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument === undefined || option === undefined || argument === option) return argument ?? option;
  throw new AppError('invalid_input', `The command names two clusters: ${argument} and ${option}`, {
    done: 'Nothing was sent.',
    next: 'Name one.',
  });
}
