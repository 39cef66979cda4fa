import { isSameJson } from '../canonical.ts';
import { isMap } from '../map.ts';
import { parseSpec } from './parse.ts';
import { containerSchema, serviceSchema } from './service.ts';
import { networkSchema } from './network.ts';
import { type Spec, specSchema } from './spec.ts';

interface Reader {
  safeParse: (value: unknown) => { success: boolean; data?: unknown };
}

/** A spec as people would write it: without what holds anyway. Read again, it is the same spec. */
export function writtenSpec(spec: Spec): Record<string, unknown> {
  const { cluster, swarm, nodes, networks, volumes, services, containers, secrets, configs, verify } = spec;
  const head = { cluster, nodes: {} };
  const part = (key: string, value: unknown): unknown => plain(value, under(key, head));
  const short = {
    cluster,
    swarm: part('swarm', swarm),
    nodes: byName(nodes, (name, node) => plain(node, under(name, head, 'nodes'))),
    networks: byName(networks, (_name, network) => plain(network, networkSchema)),
    volumes: volumes ?? {},
    services: byName(services, (_name, service) => shortForms(plain(service, serviceSchema))),
    containers: byName(containers, (_name, container) => shortForms(plain(container, containerSchema))),
    secrets: secrets ?? {},
    configs: configs ?? {},
    verify: part('verify', verify),
  };
  const written = Object.fromEntries(
    Object.entries(short).filter(([key, value]) => key === 'nodes' || !isMap(value) || Object.keys(value).length > 0),
  );
  const parsed = parseSpec(written, { mayBeTakenDown: true });
  return parsed.ok && isSameJson(parsed.spec, spec) ? written : spec;
}

/** Reads a value in its place in a spec that has nothing else. */
const under = (key: string, head: Record<string, unknown>, section?: string): Reader => ({
  safeParse: (value) =>
    specSchema.safeParse(section === undefined ? { ...head, [key]: value } : { ...head, [section]: { [key]: value } }),
});

const byName = <T>(map: Readonly<Record<string, T>>, write: (name: string, value: T) => unknown) =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, write(name, value)]));

/** Without every key, at any depth, that the reader fills in by itself. */
function plain(value: unknown, reader: Reader): unknown {
  const whole = reader.safeParse(value).data;
  const isSame = (other: unknown): boolean => {
    const read = reader.safeParse(other);
    return read.success && isSameJson(read.data, whole);
  };
  return prune(value, isSame);
}

function prune(value: unknown, isSame: (value: unknown) => boolean): unknown {
  if (!isMap(value)) return value;
  let kept: Record<string, unknown> = value;
  for (const [key, one] of Object.entries(value)) {
    const { [key]: _gone, ...others } = kept;
    if (isSame(others)) kept = others;
    else if (isMap(one)) kept = { ...kept, [key]: prune(one, (other) => isSame({ ...kept, [key]: other })) };
  }
  return kept;
}

/** Networks without aliases as a list. */
function shortForms(value: unknown): unknown {
  if (!isMap(value) || !isMap(value['networks'])) return value;
  const networks = Object.entries(value['networks']);
  const isPlain = networks.every(([, one]) => isMap(one) && Object.keys(one).length === 0);
  return isPlain ? { ...value, networks: networks.map(([name]) => name) } : value;
}
