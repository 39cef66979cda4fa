import { moment } from '#core/moments.ts';
import type { PersonView } from '#core/access/contract.ts';
import { AppError } from '#core/errors.ts';
import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import { pairs, table } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';

type PersonRole = Exclude<PersonView['role'], 'worker'>;

export async function personLs(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.persons.$get());
  const columns = [{ title: 'PERSON' }, { title: 'ROLE' }, { title: 'TOKENS' }, { title: 'KNOWN AS', elastic: true }];
  session.show(items, () =>
    table(
      columns,
      items.map(({ name, role, tokens, identities }) => [name, role, String(tokens), knownAs(identities)]),
      session.layout(),
    ),
  );
}

const knownAs = (identities: PersonView['identities']): string =>
  identities.length === 0 ? '-' : identities.map(({ kind, externalId }) => `${kind} ${externalId}`).join(', ');

export async function personShow(session: Session, person: string): Promise<void> {
  const { client, ask } = apiOf(session);
  show(session, await ask(client.v1.persons[':person'].$get({ param: { person } })));
}

const show = (session: Session, view: PersonView): void =>
  session.show(view, () =>
    pairs(
      [
        ['person', view.name],
        ['id', view.id],
        ['role', view.role],
        ['live tokens', String(view.tokens)],
        ['known as', knownAs(view.identities)],
        ['since', moment(view.createdAt)],
      ],
      session.out.paint,
    ),
  );

export async function personAdd(session: Session, name: string, { role }: { role: PersonRole }): Promise<void> {
  const { client, ask } = apiOf(session);
  const person = await ask(client.v1.persons.$post({ json: { name, role } }));
  session.show(person, () => [
    `${name} is a person with the role ${role}. Make a token: flotilla token create LABEL --person ${name}`,
  ]);
}

export async function personSet(
  session: Session,
  person: string,
  { role, reason }: { role: PersonRole; reason?: string },
): Promise<void> {
  const { client, ask } = apiOf(session);
  const json = { role, reason: reason ?? null };
  const view = await ask(client.v1.persons[':person'].role.$put({ param: { person }, json }));
  session.show(view, () => [`${view.name} has the role ${view.role} now.`]);
}

export async function personRm(session: Session, person: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const { client, ask } = apiOf(session);
  await agree(session, yes, `Remove ${person}? All tokens of that person are over at once.`);
  const removed = await ask(client.v1.persons[':person'].$delete({ param: { person } }));
  session.show(removed, () => [`${removed.removed} is removed.`]);
}

/** @throws AppError `invalid_input` for a kind that is none */
export async function personLink(session: Session, person: string, kind: string, externalId: string): Promise<void> {
  const json = { kind: linkedKind(kind), externalId };
  const { client, ask } = apiOf(session);
  show(session, await ask(client.v1.persons[':person'].identities.$post({ param: { person }, json })));
}

/** @throws AppError `invalid_input` for a kind that is none */
export async function personUnlink(session: Session, person: string, kind: string, externalId: string): Promise<void> {
  const query = { kind: linkedKind(kind), externalId };
  const { client, ask } = apiOf(session);
  show(session, await ask(client.v1.persons[':person'].identities.$delete({ param: { person }, query })));
}

function linkedKind(kind: string): 'slack' | 'ci' {
  if (kind === 'slack' || kind === 'ci') return kind;
  throw new AppError('invalid_input', `There is no identity of the kind ${kind}`, {
    done: 'Nothing was sent.',
    next: 'Write slack or ci.',
  });
}
