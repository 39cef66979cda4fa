import type { Host } from '#core/host.ts';
import type { StepVerify } from '#core/step.ts';
import type { ServiceView } from './endpoints.ts';
import type { PlannedCheck, Vantage } from './planned-check.ts';

/**
 * Published ports, asked for from outside: from the next host's own network, or from the host itself when it is alone.
 * A URL of the spec whose host part is one of our hosts goes to that host's address.
 */
export function publishedChecks(
  args: StepVerify,
  names: readonly string[],
  hosts: readonly Host[],
  services: readonly ServiceView[],
): { vantage: Vantage; checks: PlannedCheck[] }[] {
  const addressOf = (name: string): string => hosts.find((host) => host.name === name)?.address ?? name;
  // Without hosts it could not be known beforehand where the port answers: where a task of the service runs.
  const whereOf = (of: string, on: readonly string[]): readonly string[] =>
    on.length > 0 ? on : (services.find(({ name }) => name === of)?.hosts ?? []);
  const published = args.published.flatMap(({ of, port, hosts: on }) =>
    whereOf(of, on).map((host) => ({ host, check: portCheck(of, port, host, addressOf(host)) })),
  );
  const urls = args.http.map(({ url, expect }) => {
    const { host, address } = targetOf(url, hosts);
    return { host, check: urlCheck(url, address, expect, host) };
  });
  const byAsker = Map.groupBy([...published, ...urls], ({ host }) => nextOf(names, host));
  return [...byAsker].map(([from, asked]) => ({
    vantage: { host: from, kind: 'host' as const },
    checks: asked.map(({ check }): PlannedCheck => ({ ...check, from })),
  }));
}

/** Who asks for a host: its neighbour in the ring; for a name that is none of ours, the first host. */
function nextOf(names: readonly string[], host: string | null): string {
  const index = host === null ? -1 : names.indexOf(host);
  return names[(index + 1) % names.length] ?? names[0] ?? '';
}

const common = { level: 'L6' as const, network: null, from: '' };

function portCheck(of: string, port: number, host: string, address: string): PlannedCheck {
  return {
    ...common,
    check: 'published',
    to: host,
    target: `${of} ${host}:${port}`,
    ask: { kind: 'tcp', host: address, port },
  };
}

function urlCheck(url: string, asked: string, expect: number, host: string | null): PlannedCheck {
  return { ...common, check: 'http', to: host, target: url, ask: { kind: 'http', url: asked, expect } };
}

function targetOf(url: string, hosts: readonly Host[]): { host: string | null; address: string } {
  const parsed = new URL(url);
  // Names in a URL come back in small letters.
  const host = hosts.find(({ name }) => name.toLowerCase() === parsed.hostname);
  if (host === undefined) return { host: null, address: url };
  parsed.hostname = host.address.includes(':') ? `[${host.address}]` : host.address;
  return { host: host.name, address: parsed.href };
}
