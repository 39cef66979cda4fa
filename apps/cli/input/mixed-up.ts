import { basename } from 'node:path';
import { AppError } from '#core/errors.ts';
import { isMap } from '#core/map.ts';
import { nameSchema } from '#core/spec/names.ts';
import type { YamlFile } from './yaml-file.ts';

/* A spec and a Compose file look alike: one that is given in the place of the other is told with what to type instead. */

const ofSpecsAlone = ['cluster', 'nodes', 'containers', 'stacks', 'swarm'];

/** @throws AppError `invalid_input` for a Compose file where a spec is to be read */
export function refuseCompose({ file, text: { value } }: YamlFile, path: string): void {
  if (!isMap(value) || !('services' in value) || ofSpecsAlone.some((key) => key in value)) return;
  throw new AppError('invalid_input', `${file} is a Compose file, and not a spec: it names no cluster and no nodes`, {
    done: 'Nothing was sent.',
    next: `\`flotilla stack deploy ${stackName(value['name'], path)} --compose ${path}\` puts it on a cluster as a stack.`,
  });
}

/** @throws AppError `invalid_input` for a spec where a Compose file is to be read */
export function refuseSpec({ file, text: { value } }: YamlFile, path: string): void {
  if (!isMap(value) || !('cluster' in value && 'nodes' in value)) return;
  throw new AppError('invalid_input', `${file} is the spec of a cluster, and not a Compose file`, {
    done: 'Nothing was sent.',
    next: `\`flotilla apply -f ${path}\` carries it out.`,
  });
}

/** `shop` for shop.compose.yaml; `NAME` where the file has no name of its own, as with compose.yaml. */
function stackName(said: unknown, path: string): string {
  const ofFile = basename(path).replace(/(?:(?:^|[.-])(?:docker-)?(?:compose|stack))?\.ya?ml$/, '');
  return (
    [said, ofFile].find((name) => typeof name === 'string' && nameSchema.safeParse(name).success)?.toString() ?? 'NAME'
  );
}
