const inUse = /host-mode port already in use on (\d+) nodes?/iu;

/**
 * Whether it is the service itself that leaves no node for one more task of it: a port in host mode is had once on each
 * node, and as many as the scheduler counts have one of its own tasks already (`placed`).
 */
export function isPortOfOwn(error: string, placed: number): boolean {
  const [, nodes] = inUse.exec(error) ?? [];
  return nodes !== undefined && placed > 0 && Number(nodes) <= placed;
}
