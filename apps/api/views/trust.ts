import type { TrustView } from '#core/ci/contract.ts';
import type { ciTrusts } from '#db/schema/index.ts';

export type TrustRow = typeof ciTrusts.$inferSelect;

export const trustViewOf = ({ wanted, issuer, createdAt, createdBy }: TrustRow): TrustView => ({
  ...wanted,
  issuer,
  createdAt,
  createdBy: createdBy.name,
});
