import type { Finding } from '#core/finding.ts';

/**
 * What every report of a healthy lab may say, and nothing more: it is true of every lab on this machine. Whatever else
 * a healthy lab is told is a false alarm.
 */
export const baseline: readonly { id: string; severity: Finding['severity']; why: string }[] = [
  {
    id: 'kernel-no-ipvs',
    severity: 'note',
    why: 'lab hosts share the kernel of a machine that has no ip_vs; nothing in the spec needs it',
  },
  {
    id: 'kernel-no-esp',
    severity: 'note',
    why: 'the same kernel has no ESP; nothing in the spec is encrypted',
  },
  {
    id: 'known-bad-engine',
    severity: 'note',
    why: 'Debian 12 carries engine 20.10.24, which may keep its gossip agent when nodes leave at once',
  },
  {
    id: 'container-virtualisation',
    severity: 'warning',
    why: 'a lab host is a PID namespace of the machine, which systemd of newer releases sees',
  },
];

/** Findings that the baseline does not have. */
export const beyondBaseline = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ id, severity }) => !baseline.some((known) => known.id === id && known.severity === severity));
