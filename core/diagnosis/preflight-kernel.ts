import { findingOf } from '../causes/finding-of.ts';
import type { CauseId } from '../causes/catalogue.ts';
import type { Finding } from '../finding.ts';
import type { Observed } from '../observed.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import type { SystemSide } from '../preflight/facts.ts';

export const espRefused = 'an ESP state with rfc4106(gcm(aes)) is refused';

/** What kernels and machines lack, one finding for each lack with all its hosts. */
export function kernelFindings(evidence: PreflightEvidence): Finding[] {
  const { encrypted } = evidence.wants;
  const rules: [CauseId, (system: SystemSide) => string | null][] = [
    ['kernel-no-vxlan', ({ features }) => lacks(features.vxlan, 'a VXLAN device cannot be made')],
    [
      'kernel-no-ipvs',
      ({ features }) =>
        lacks(features.ip_vs, '/proc/net/ip_vs is not there') ??
        lacks(features.xt_ipvs, 'the ipvs match of iptables is refused'),
    ],
    ['kernel-no-esp', ({ features }) => (encrypted ? lacks(features.esp, espRefused) : null)],
    ['kernel-no-bpf-match', ({ features }) => (encrypted ? lacksMatch(features) : null)],
    ['br-netfilter-missing', brNetfilter],
    ['ip-forward-off', ({ sysctls }) => (is(sysctls['net.ipv4.ip_forward'], 0) ? 'net.ipv4.ip_forward is 0' : null)],
    ['container-virtualisation', ({ virtualisation }) => inContainer(virtualisation)],
    ['nic-checksum-offload', badCard],
  ];
  return rules.flatMap(([id, look]) => {
    const seen = evidence.hosts.flatMap(({ name }) => {
      const system = evidence.facts[name]?.system;
      const lack = system?.known === true ? look(system.value) : null;
      return lack === null ? [] : [{ name, line: `${name}: ${lack}` }];
    });
    if (seen.length === 0) return [];
    // Without a virtual IP in the spec nothing of it is missed: `auto` does without.
    const severity = id === 'kernel-no-ipvs' && !evidence.wants.virtualIps ? ({ severity: 'note' } as const) : {};
    return [
      findingOf(id, { hosts: seen.map(({ name }) => name), evidence: seen.map(({ line }) => line), ...severity }),
    ];
  });
}

const is = <T>(fact: Observed<T>, value: T): boolean => fact.known && fact.value === value;

const lacks = (fact: Observed<boolean>, what: string): string | null => (is(fact, false) ? what : null);

/** Engines before 20.10.24 need u32, newer ones bpf: without either encryption cannot be kept in. */
function lacksMatch({ bpf, u32, policy }: SystemSide['features']): string | null {
  if (is(policy, false)) return 'the policy match of iptables is refused';
  return is(bpf, false) && !is(u32, true) ? 'neither the bpf nor the u32 match of iptables is there' : null;
}

function brNetfilter({ features, sysctls }: SystemSide): string | null {
  if (is(features.br_netfilter, false)) return '/proc/sys/net/bridge is not there, and no module either';
  return is(sysctls['net.bridge.bridge-nf-call-iptables'], 0) ? 'net.bridge.bridge-nf-call-iptables is 0' : null;
}

const containers = ['lxc', 'lxc-libvirt', 'openvz', 'docker', 'podman', 'systemd-nspawn', 'container-other', 'wsl'];

const inContainer = (virtualisation: Observed<string>): string | null =>
  virtualisation.known && containers.includes(virtualisation.value) ? `it runs in ${virtualisation.value}` : null;

function badCard({ cards }: SystemSide): string | null {
  const card = cards.known
    ? cards.value.find(({ driver, checksumOffload }) => driver === 'vmxnet3' && checksumOffload === true)
    : undefined;
  return card === undefined ? null : `${card.iface} is a ${card.driver} with tx-checksum-ip-generic on`;
}
