import { otherSource, wayInTaken } from './address.ts';
import { portEaten } from './eaten.ts';
import { engineDown, engineFrozen, engineKilled, liveRestore } from './engine.ts';
import { portFaults } from './firewall.ts';
import { clockSkew, diskFull, ipForwardOff, orphanedVxlan, portTaken, sameMachineId } from './host.ts';
import { linkDown, mtu, mtuBlackhole, route, secondNic } from './link.ts';
import { bridgeDown } from './overlay.ts';
import { noDockerCli, socketForbidden } from './socket.ts';
import { hostKey, keyRefused, noForwarding, noStreamLocal } from './ssh.ts';
import { staleDns } from './stale-dns.ts';
import { clonedSwarm, lockedManager, wrongAdvertise } from './swarm.ts';
import type { Fault, FaultName } from './types.ts';

/** Every fault by name. */
export const faults: Record<FaultName, Fault> = {
  ...portFaults,
  mtu,
  'mtu-blackhole': mtuBlackhole,
  'link-down': linkDown,
  'port-eaten': portEaten,
  'bridge-down': bridgeDown,
  'second-nic': secondNic,
  route,
  'other-source': otherSource,
  'way-in-taken': wayInTaken,
  'engine-frozen': engineFrozen,
  'engine-killed': engineKilled,
  'engine-down': engineDown,
  'live-restore': liveRestore,
  'host-key': hostKey,
  'key-refused': keyRefused,
  'no-stream-local': noStreamLocal,
  'no-forwarding': noForwarding,
  'no-docker-cli': noDockerCli,
  'socket-forbidden': socketForbidden,
  'disk-full': diskFull,
  'port-taken': portTaken,
  'same-machine-id': sameMachineId,
  'ip-forward-off': ipForwardOff,
  'clock-skew': clockSkew,
  'orphaned-vxlan': orphanedVxlan,
  'cloned-swarm': clonedSwarm,
  'wrong-advertise': wrongAdvertise,
  'locked-manager': lockedManager,
  'stale-dns': staleDns,
};

export const isFaultName = (text: string): text is FaultName => Object.hasOwn(faults, text);
