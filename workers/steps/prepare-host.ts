import type { Outcome, StepOfKind } from '#core/step.ts';
import { observeHost } from '../observe/observe-host.ts';
import type { StepContext } from './context.ts';
import { alreadyDone, blocked, failed } from './outcomes.ts';

/**
 * The last look before a host is changed, unless the plan was made from one just now: reachable, engine usable, and no gossip agent of an earlier swarm.
 * Engines before 28 may keep 7946 after leaving; joining then gives a node that is Ready with dead gossip.
 */
export async function prepareHost(step: StepOfKind<'prepare-host'>, context: StepContext): Promise<Outcome> {
  const host = step.host ?? '';
  const seen = context.seenJustNow?.hosts[host] ?? (await observeHost(context.hosts, host, []));
  if (!seen.known) return failed('host_unreachable', seen.reason);
  const { engine, system } = seen.value;
  if (!step.args.joins || engine.swarm.state !== 'inactive' || !system.known)
    return alreadyDone(`engine ${engine.version}`);
  const held = [...system.value.listeningTcp, ...system.value.listeningUdp].includes(7946);
  if (!held) return alreadyDone(`engine ${engine.version}`);
  return blocked({
    id: 'gossip-port-held',
    hosts: [host],
    message: `${host} is in no swarm, but port 7946 is still taken: its engine kept the gossip agent of an earlier swarm.`,
    fix: `Run \`flotilla host restart-engine ${host}\`, then retry.`,
  });
}
