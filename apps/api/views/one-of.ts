/** The one row that must be there, because a commit before has just written it. */
export function oneOf<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('A row that was just written is not there.');
  return row;
}
