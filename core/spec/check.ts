import type { InputIssue } from '../errors.ts';
import { checkDeploy } from './check-deploy.ts';
import { checkConfigs } from './config.ts';
import { checkNames } from './check-names.ts';
import { checkNetworks } from './check-networks.ts';
import { checkPublishedPorts } from './check-ports.ts';
import { checkRunnables } from './check-runnables.ts';
import { checkUrls } from './check-urls.ts';
import { checkVolumes } from './check-volumes.ts';
import { checkSecrets } from './held.ts';
import type { Spec } from './spec.ts';
import { isTakenDown } from './taken-down.ts';

/** What a spec of the right form may still have wrong: things that do not exist, clash, or cannot be carried out. */
export const checkSpec = (spec: Spec): InputIssue[] => [
  ...checkManagers(spec),
  ...checkNames(spec),
  ...checkNetworks(spec),
  ...checkRunnables(spec),
  ...checkDeploy(spec),
  ...checkVolumes(spec),
  ...checkSecrets(spec),
  ...checkConfigs(spec),
  ...checkPublishedPorts(spec),
  ...checkUrls(spec),
];

function checkManagers({ cluster, nodes }: Spec): InputIssue[] {
  if (Object.values(nodes).some(({ role }) => role === 'manager')) return [];
  const wayOut = isTakenDown({ nodes }) ? `; to take the whole cluster down: \`flotilla cluster rm ${cluster}\`` : '';
  return [{ pointer: '/nodes', message: `must have at least one node with \`role: manager\`${wayOut}` }];
}
