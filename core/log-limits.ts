/* How much of what programs print is read at once. Apart from its contract, so that the help need not load that. */

export const logTailDefault = 100;
/** Lines of one container at most, and how many are meant where only a time is said. */
export const logTailMax = 10_000;
/** What waits of one that is followed for who reads it; until he has read, its worker reads no more. */
export const followBytesMax = 1024 * 1024;
/** What one answer holds of text at most; each container has the same share. */
export const logBytesMax = 2 * 1024 * 1024;
/** Containers that one answer reads; each then has a share that still says something. */
export const logSourcesMax = 128;
