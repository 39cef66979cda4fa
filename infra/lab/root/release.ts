/** Engines that Debian carries: 20.10 (Debian 12), 26.1 (Debian 13), 28.5 (testing). */
export const engineNames = ['20.10', '26.1', '28.5'] as const;
export type EngineName = (typeof engineNames)[number];

/** Debian releases that carry an engine, the first that has it is taken. */
export const releases: Record<EngineName, { codenames: string[]; extra: string[] }> = {
  '20.10': { codenames: ['bookworm'], extra: [] },
  '26.1': { codenames: ['trixie'], extra: ['docker-cli'] },
  '28.5': { codenames: ['forky', 'sid'], extra: ['docker-cli'] },
};

export const isEngineName = (text: string): text is EngineName => engineNames.some((name) => name === text);

/** In every root: a host's own programs, and what the images and the registry are made of. */
export const rootPackages = [
  'docker.io',
  'openssh-server',
  'iptables',
  'iproute2',
  'iputils-ping',
  'curl',
  'ca-certificates',
  'procps',
  'sudo',
  'kmod',
  'ethtool',
  'busybox',
  'nginx',
  'docker-registry',
];
