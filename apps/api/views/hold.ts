import type { Hold } from '#core/access/hold.ts';
import type { holds } from '#db/schema/index.ts';

/** A lock or freeze as people see it. */
export function holdOf({ remindedAt: _own, ...hold }: typeof holds.$inferSelect): Hold {
  return hold;
}
