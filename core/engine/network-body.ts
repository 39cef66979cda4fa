import { clusterLabel } from '../spec/names.ts';
import type { NetworkSpec } from '../spec/network.ts';
import type { EngineJson } from '../step.ts';

/** Driver option in bytes; it means the underlay's MTU, from which the driver subtracts its own headers. */
export const mtuOption = 'com.docker.network.driver.mtu';
export const encryptedOption = 'encrypted';

interface Named {
  name: string;
  cluster: string;
  mtu: number;
}

/** Body of `POST /networks/create` (Engine API 1.41 to 1.55) for an overlay network of the spec. */
export function networkBody(spec: NetworkSpec, { name, cluster, mtu }: Named): EngineJson {
  return {
    Name: name,
    Driver: spec.driver,
    Scope: 'swarm',
    Attachable: spec.attachable,
    Internal: spec.internal,
    EnableIPv6: spec.enable_ipv6,
    IPAM: { Driver: 'default', Config: ipamOf(spec) },
    // Always written, 1500 too: the value that was decided can then be read back from the network itself.
    Options: { [mtuOption]: String(mtu), ...(spec.encrypted ? { [encryptedOption]: '' } : {}) },
    Labels: { ...spec.labels, [clusterLabel]: cluster },
  };
}

const ipamOf = ({ subnet, gateway, ip_range, subnet6 }: NetworkSpec): Record<string, string>[] => [
  ...(subnet === undefined
    ? []
    : [
        {
          Subnet: subnet,
          ...(gateway === undefined ? {} : { Gateway: gateway }),
          ...(ip_range === undefined ? {} : { IPRange: ip_range }),
        },
      ]),
  ...(subnet6 === undefined ? [] : [{ Subnet: subnet6 }]),
];
