import { type Client, unwrap } from '#api/client.ts';
import type { Role } from '#core/actor.ts';
import type { World } from '#test/world.ts';

/** A person as the tests know him: his id, and the API with his token. */
export interface Someone {
  id: string;
  name: string;
  api: Client;
  token: string;
}

type Doors = Pick<World, 'admin' | 'clientOf'>;
type PersonRole = Exclude<Role, 'worker'>;

/** A new person with a role and a token, made by the admin. */
export async function someone(world: Doors, name: string, role: PersonRole): Promise<Someone> {
  const { id } = await unwrap(world.admin.v1.persons.$post({ json: { name, role } }));
  const token = await anotherToken(world, name);
  return { id, name, token, api: world.clientOf(token) };
}

/** One more token of a person. */
export async function anotherToken(world: Pick<World, 'admin'>, name: string): Promise<string> {
  const made = await unwrap(world.admin.v1.tokens.$post({ json: { person: name, label: `${name}'s` } }));
  return made.token;
}

/** Puts a policy in force. */
export const setPolicy = (world: Pick<World, 'admin'>, policy: unknown) =>
  unwrap(world.admin.v1.policy.$put({ json: { policy } }));

export const approve = (api: Client, approval: string, confirm: string | null = null) =>
  unwrap(api.v1.approvals[':approval'].approve.$post({ param: { approval }, json: { confirm } }));

export const deny = (api: Client, approval: string, reason = 'not now') =>
  unwrap(api.v1.approvals[':approval'].deny.$post({ param: { approval }, json: { reason } }));
