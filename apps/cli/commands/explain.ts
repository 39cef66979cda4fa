import { allCauses, causeOf, isCauseId } from '#core/causes/catalogue.ts';
import { AppError } from '#core/errors.ts';
import { didYouMean } from '#core/nearest.ts';
import { pairs } from '#cli/output/table.ts';
import type { Session } from '#cli/session.ts';

/** `flotilla explain <cause>`: what a finding means, without a control plane. Without a cause: all of them. */
export async function explain(session: Session, id: string | undefined): Promise<void> {
  if (id === undefined) {
    session.show(allCauses(), () =>
      pairs(
        allCauses().map(({ id: name, title }) => [name, title]),
        session.out.paint,
      ),
    );
    return;
  }
  if (!isCauseId(id)) throw unknownCause(id);
  const cause = causeOf(id);
  session.show(cause, () =>
    pairs(
      [
        ['cause', `${cause.id}: ${cause.title}`],
        ['you see', cause.symptom],
        ['found by', cause.found],
        ['fix', cause.fix],
        ['reference', cause.reference],
      ],
      session.out.paint,
    ),
  );
}

function unknownCause(id: string): AppError {
  const ids = allCauses().map((cause) => cause.id);
  return new AppError('not_found', `There is no cause ${id}${didYouMean(id, ids)}`, {
    done: 'Nothing was sent.',
    next: 'Run `flotilla explain` to see all of them.',
  });
}
