/* What is for one cluster may be for all of them: kept and sent as `*`, said and shown as `all`. */

/** For access and the record, where null stands for all. */
export const clusterOrNull = (cluster: string): string | null => (cluster === '*' ? null : cluster);

export const clusterShown = (cluster: string): string => (cluster === '*' ? 'all' : cluster);

export const clusterMeant = (said: string): string => (said === 'all' ? '*' : said);
