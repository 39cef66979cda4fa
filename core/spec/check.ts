import type { InputIssue } from '../errors.ts';
import { checkDeploy } from './check-deploy.ts';
import { checkConfigs } from './config.ts';
import { checkAliases, checkBuiltIn, checkClashes, checkForms, checkLabels } from './check-names.ts';
import { checkNetworks } from './check-networks.ts';
import { checkPublishedPorts } from './check-ports.ts';
import { checkRunnables } from './check-runnables.ts';
import { checkUrls } from './check-urls.ts';
import { checkVolumes } from './check-volumes.ts';
import { checkSecrets } from './held.ts';
import { doHold, ruleOfEach, ruleOver } from './rules.ts';
import type { Spec } from './spec.ts';
import { isTakenDown } from './taken-down.ts';

/** In the order in which is told what is wrong. */
const rules = [
  ruleOver(['cluster', 'nodes'], checkManagers),
  ruleOver(['services', 'containers'], checkClashes),
  ruleOver(['services', 'containers'], checkAliases),
  ruleOfEach(checkLabels),
  ruleOfEach(checkForms),
  ruleOver(['networks'], checkBuiltIn),
  ruleOver(['swarm', 'networks'], checkNetworks),
  ruleOfEach(checkRunnables),
  ruleOfEach(checkDeploy),
  ruleOfEach(checkVolumes),
  ruleOver(['secrets'], checkSecrets),
  ruleOver(['configs'], checkConfigs),
  ruleOver(['swarm', 'services', 'containers'], checkPublishedPorts),
  ruleOver(['verify', 'nodes'], checkUrls),
];

/** What a spec of the right form may still have wrong: things that do not exist, clash, or cannot be carried out. */
export const checkSpec = (spec: Spec): InputIssue[] =>
  doHold(rules, spec) ? [] : rules.flatMap(({ check }) => check(spec));

function checkManagers({ cluster, nodes }: Pick<Spec, 'cluster' | 'nodes'>): InputIssue[] {
  if (Object.values(nodes).some(({ role }) => role === 'manager')) return [];
  const wayOut = isTakenDown({ nodes }) ? `; to take the whole cluster down: \`flotilla cluster rm ${cluster}\`` : '';
  return [{ pointer: '/nodes', message: `must have at least one node with \`role: manager\`${wayOut}` }];
}
