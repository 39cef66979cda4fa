export const selectTriggersSql = "select name, sql from sqlite_master where type = 'trigger' order by name";

/** The text of each trigger by its name, of rows of `selectTriggersSql`. */
export const triggersOf = (rows: unknown[][]): Map<string, string> =>
  new Map(rows.map(([name, sql]) => [String(name), String(sql)]));
