import { networkNameOf, readService } from '../engine/observed-service.ts';
import { serviceDifferences } from '../engine/service-differences.ts';
import { fieldDifferences, isInLabelsOnly } from '../engine/service-fields.ts';
import { ownServiceSpec } from '../engine/service-spec.ts';
import type { InputIssue } from '../errors.ts';
import { without } from '../map.ts';
import type { SwarmFacts } from '../observation.ts';
import { pointerSegments } from '../pointer.ts';
import { clusterLabel } from '../spec/names.ts';
import { parseSpec } from '../spec/parse.ts';
import type { ServiceSpec } from '../spec/service.ts';
import type { Spec } from '../spec/spec.ts';
import type { EngineJson } from '../step.ts';
import { userLabels } from '../plan/node-labels.ts';
import { type Untold } from './said.ts';

/*
 * A draft is only good when it is a valid spec that a plan finds true. Whatever stands against that is taken out and told: a
 * key that a service may leave out, else the whole object.
 */

/** Sections of a spec as they are written, by name. */
export interface Sections {
  networks: Record<string, EngineJson>;
  volumes: Record<string, EngineJson>;
  services: Record<string, EngineJson>;
  containers: Record<string, EngineJson>;
  secrets: Record<string, EngineJson>;
  configs: Record<string, EngineJson>;
}

interface Settled {
  spec: Spec | null;
  untold: Untold[];
}

export function settleDraft(head: EngineJson, sections: Sections, swarm: SwarmFacts): Settled {
  const untold: Untold[] = [];
  // Each turn takes something out.
  for (;;) {
    const parsed = parseSpec({ ...head, ...withoutEmpty(sections) });
    const against = parsed.ok ? untrue(parsed.spec, swarm) : parsed.issues.map(placeOfIssue);
    if (against.length === 0) return { spec: parsed.ok ? parsed.spec : null, untold };
    const taken = against.map((one) => takeOut(sections, one));
    untold.push(...taken.flatMap((one) => one ?? []));
    if (taken.every((one) => one === null)) {
      const why = against.map(({ path, why: reason }) => `${path.join('.')} ${reason}`).join('; ');
      return { spec: null, untold: [...untold, { what: 'the cluster', why }] };
    }
  }
}

const withoutEmpty = (sections: Sections): EngineJson =>
  Object.fromEntries(Object.entries(sections).filter(([, objects]) => Object.keys(objects).length > 0));

interface Against {
  path: string[];
  why: string;
}

const placeOfIssue = ({ pointer, message }: InputIssue): Against => ({
  path: pointerSegments(pointer),
  why: message,
});

/** What a plan would change in a service that runs. */
function untrue(spec: Spec, { services, networks }: SwarmFacts): Against[] {
  const nameOf = networkNameOf(networks);
  return services.flatMap((facts) => {
    const wanted = Object.hasOwn(spec.services, facts.name) ? spec.services[facts.name] : undefined;
    const now = readService(facts);
    if (wanted === undefined || now === undefined) return [];
    const at = ['services', facts.name];
    const mode = now.EndpointSpec.Mode === 'dnsrr' ? 'dnsrr' : 'vip';
    const endpoint = { mode, ports: wanted.ports.map((port) => ({ ...port, mode: port.mode ?? 'ingress' })) } as const;
    const body = ownServiceSpec(wanted, { name: facts.name, cluster: spec.cluster, endpoint });
    const labels = { ...userLabels(now.Labels), [clusterLabel]: spec.cluster };
    const own = serviceDifferences({ ...now, Labels: labels }, body, nameOf);
    const fields = fieldDifferences({ ...now, Labels: labels }, wanted, {
      cluster: spec.cluster,
      volumes: spec.volumes,
    });
    return [
      ...own.map((why) => ({ path: at, why })),
      ...fields
        .filter((one) => !isInLabelsOnly(one))
        .map((why) => ({ path: [...at, ...(why.split(' ', 1)[0] ?? '').split('.')], why })),
    ];
  });
}

/** Keys of `deploy` that may be left out one by one. */
const deployKeys = ['resources', 'restart_policy', 'update_config', 'rollback_config'];
/** Keys that are the service itself: without one it would be another service. */
const ownKeys: readonly string[] = [
  'image',
  'command',
  'entrypoint',
  'environment',
  'hostname',
  'user',
  'working_dir',
  'labels',
  'networks',
  'ports',
] satisfies (keyof ServiceSpec)[];

/** Takes out what is in the way and says so; null where it is there no more, or can be taken out nowhere. */
function takeOut(sections: Sections, { path: [section, name, key, part], why }: Against): Untold[] | null {
  if (section === undefined || name === undefined || !isSection(sections, section)) return null;
  const objects = sections[section];
  const object = Object.hasOwn(objects, name) ? objects[name] : undefined;
  if (object === undefined) return null;
  const what = `${section.replace(/s$/, '')} ${name}`;
  if (section === 'services' && key !== undefined && !ownKeys.includes(key)) {
    const isDeploy = key === 'deploy';
    const { deploy } = object;
    if (!isDeploy && key in object) {
      objects[name] = without(object, key);
      return [{ what, why: `${key} stays as it is, unsaid: ${why}` }];
    }
    if (isDeploy && part !== undefined && deployKeys.includes(part) && typeof deploy === 'object' && deploy !== null) {
      objects[name] = { ...object, deploy: without({ ...deploy }, part) };
      return [{ what, why: `deploy.${part} stays as it is, unsaid: ${why}` }];
    }
  }
  sections[section] = Object.fromEntries(Object.entries(objects).filter(([other]) => other !== name));
  return [{ what, why: `it is left out: ${[key, part].filter(Boolean).join('.')} ${why}`.replace(/ {2,}/g, ' ') }];
}

const isSection = (sections: Sections, name: string): name is keyof Sections => Object.hasOwn(sections, name);
