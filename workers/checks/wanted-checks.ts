import type { Spec } from '#core/spec/spec.ts';
import type { CheckResult } from '#core/verification.ts';
import type { WantedContainer } from './container-checks.ts';
import type { EndpointView } from './endpoints.ts';

/** What the spec wants beside networks and services. */
export interface Wanted {
  dataPathPort: number | null;
  managers: readonly string[];
  containers: readonly WantedContainer[];
}

export const wantedContainers = ({ containers }: Pick<Spec, 'containers'>): WantedContainer[] =>
  Object.entries(containers).map(([name, { host, networks, restart }]) => ({
    name,
    host,
    networks: Object.keys(networks),
    restart,
  }));

/** Networks that containers of the spec are to join, and may not. */
export const barredChecks = (containers: readonly WantedContainer[], { networks }: EndpointView): CheckResult[] =>
  containers.flatMap((container) =>
    networks
      .filter(({ name, attachable }) => !attachable && container.networks.includes(name))
      .map(({ name }) => ({
        level: 'L0',
        check: 'attachable',
        network: name,
        from: container.host,
        to: null,
        target: container.name,
        result: 'failed',
        detail: `a manager says Attachable: false of ${name}`,
        ms: null,
      })),
  );
