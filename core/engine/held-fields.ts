import { isMap, mapsIn, valueAt } from '../map.ts';
import { type HeldKind, heldKinds } from '../spec/held.ts';
import type { ServiceSpec } from '../spec/service.ts';
import type { EngineJson } from '../step.ts';
import { type Parts, type ServiceField, type Within } from './service-field.ts';

/** How the Engine API calls a kind: `SecretName` and `SecretID` in `ContainerSpec.Secrets`. */
export const heldNames = {
  secrets: { list: 'Secrets', name: 'SecretName', id: 'SecretID' },
  configs: { list: 'Configs', name: 'ConfigName', id: 'ConfigID' },
} as const satisfies Record<HeldKind, Record<'list' | 'name' | 'id', string>>;

const placeOf = (kind: HeldKind): string[] => ['TaskTemplate', 'ContainerSpec', heldNames[kind].list];

/** Docker's own mode for a file that nothing is said of. */
const readable = '444';

/** What the swarm holds for a service. A plan has the names; the ids, which an engine wants as well, are found by the step. */
export const heldFields: readonly ServiceField[] = heldKinds.map((kind) => ({
  key: kind,
  at: placeOf(kind),
  wanted: (spec, within) => grantsOf(kind, spec, within),
  parts: (value) => grantParts(kind, value),
}));

const grantsOf = (kind: HeldKind, spec: ServiceSpec, { configs }: Within): EngineJson[] | undefined =>
  spec[kind]?.map(({ source, target = source, uid = '0', gid = '0', mode = readable }) => ({
    File: { Name: target, UID: uid, GID: gid, Mode: Number.parseInt(mode, 8) },
    // One that we make has its content in its name; it is put where its own name says all the same.
    [heldNames[kind].name]: kind === 'configs' ? (configs?.get(source)?.name ?? source) : source,
  }));

/** Whether a ServiceSpec is given one of a kind, which is known by its id or its name. */
export const isGiven = (kind: HeldKind, { id, name }: { id: string; name: string }, body: EngineJson): boolean =>
  mapsIn(valueAt(body, placeOf(kind))).some(
    (grant) => grant[heldNames[kind].id] === id || grant[heldNames[kind].name] === name,
  );

/** By the place that each is put: `db_password, of 0:0, mode 444`. */
function grantParts(kind: HeldKind, value: unknown): Parts {
  return Object.fromEntries(
    mapsIn(value).map((grant) => {
      const file = isMap(grant['File']) ? grant['File'] : {};
      const { Name, UID = '0', GID = '0', Mode = 0 } = file;
      const name = String(grant[heldNames[kind].name]);
      return [String(Name), `${name}, of ${String(UID)}:${String(GID)}, mode ${Number(Mode).toString(8)}`];
    }),
  );
}
