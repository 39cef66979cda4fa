import type { CheckResult } from '#core/verification.ts';
import type { EndpointView } from './endpoints.ts';

/** What the spec wants beside networks and services. */
export interface Wanted {
  dataPathPort: number | null;
  managers: readonly string[];
  containers: readonly { name: string; host: string; networks: readonly string[] }[];
}

/** Whether each container of the spec runs on its host, and may join its networks at all. */
export function wantedChecks({ containers }: Wanted, view: EndpointView, away: ReadonlySet<string>): CheckResult[] {
  return containers.flatMap(({ name, host, networks }) => {
    const line = { level: 'L0' as const, from: host, to: null, target: name, ms: null };
    const closed = networks.filter((network) => view.networks.some((one) => one.name === network && !one.attachable));
    const barred = closed.map((network): CheckResult => ({
      ...line,
      check: 'attachable',
      network,
      result: 'failed',
      detail: `a manager says Attachable: false of ${network}`,
    }));
    const overlays = networks.filter((network) => view.networks.some((one) => one.name === network));
    if (overlays.length === 0) return barred;
    return [...barred, { ...line, network: null, ...thereOf(name, host, view, away) }];
  });
}

function thereOf(name: string, host: string, view: EndpointView, away: ReadonlySet<string>) {
  const check = 'container';
  if (away.has(host)) return { check, result: 'unknown' as const, detail: `${host} could not be looked at` };
  const runs = view.endpoints.some((one) => one.kind === 'container' && one.name === name && one.host === host);
  return runs
    ? { check, result: 'ok' as const, detail: 'runs' }
    : { check, result: 'failed' as const, detail: `${host} lists no running container ${name} on its networks` };
}
