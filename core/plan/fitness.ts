import { type ErrorCode } from '../errors.ts';
import type { HostFacts, SystemFacts } from '../observation.ts';
import { gossipPort } from '../preflight/probes.ts';
import { isApiAtLeast } from './api-version.ts';
import { codeOf, hostNotSeen } from './membership.ts';
import { mergeParts, type Part, part, type Problem, problem } from './part.ts';
import { factsOf, type World } from './world.ts';

/** Engine 20.10: the oldest whose API has all that is used. */
const oldestApi = '1.41';

/** Whether the hosts that are about to init or join can be swarm nodes at all. */
export const checkFitness = (world: World, newcomers: readonly string[]): Part =>
  mergeParts(newcomers.map((host) => part({ problems: checkHost(world, host) })));

function checkHost(world: World, host: string): Problem[] {
  const facts = factsOf(world, host);
  if (!facts.known) return [hostNotSeen(host, facts.reason, codeOf(facts.code))];
  const { engine, system } = facts.value;
  if (!system.known) return [hostNotSeen(host, system.reason, codeOf(system.code))];
  return [...checkEngine(host, engine), ...checkGossip(host, system.value)];
}

function checkEngine(host: string, engine: HostFacts['engine']): Problem[] {
  const found: Problem[] = [];
  const refuse = (code: ErrorCode, id: string, message: string, fix: string): void => {
    found.push(problem(code, { id, hosts: [host], message, fix }));
  };
  if (!isApiAtLeast(engine.apiVersion, oldestApi)) {
    const what = `engine ${engine.version} (API ${engine.apiVersion})`;
    refuse(
      'engine_too_old',
      'engine-too-old',
      `${host} has ${what}; API ${oldestApi} is needed.`,
      `Install Docker Engine 20.10 or newer on ${host}.`,
    );
  }
  if (engine.liveRestore) {
    refuse(
      'plan_refused',
      'live-restore',
      `The engine of ${host} runs with live-restore, which swarm mode refuses.`,
      `Set \`"live-restore": false\` in /etc/docker/daemon.json on ${host} and restart its engine.`,
    );
  }
  if (engine.rootless) {
    refuse(
      'plan_refused',
      'rootless',
      `The engine of ${host} is rootless; overlay networks do not work in it.`,
      `Use an engine on ${host} that runs as root.`,
    );
  }
  if (engine.os.includes('Docker Desktop')) {
    refuse(
      'plan_refused',
      'docker-desktop',
      `${host} runs Docker Desktop, whose engine is in a virtual machine that other hosts cannot reach.`,
      `Use a Linux host with Docker Engine instead of ${host}.`,
    );
  }
  return found;
}

/** By which protocols a host listens on the port of gossip. */
export const heldGossip = ({ listeningTcp, listeningUdp }: SystemFacts): string[] => [
  ...(listeningTcp.includes(gossipPort) ? ['TCP'] : []),
  ...(listeningUdp.includes(gossipPort) ? ['UDP'] : []),
];

/** Engines before 28 may keep the gossip agent of a swarm they left; a node that joins so is Ready with dead gossip. */
function checkGossip(host: string, system: SystemFacts): Problem[] {
  const held = heldGossip(system);
  if (held.length === 0) return [];
  return [
    problem('plan_refused', {
      id: 'gossip-port-held',
      hosts: [host],
      message: `${host} is in no swarm, but port ${gossipPort} is taken there: its engine kept the gossip agent of an earlier swarm, or another program listens on it.`,
      evidence: held.map((protocol) => `${protocol} ${gossipPort} has a listener on ${host}`),
      fix: `Run \`flotilla host restart-engine ${host}\`, then try again.`,
    }),
  ];
}
