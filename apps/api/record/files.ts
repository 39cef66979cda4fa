import { join } from 'node:path';

/** The key that signs checkpoints: 0600, in a folder of its own, so that a backup of the data can leave it out. */
export const auditKeyFile = (dataDir: string): string => join(dataDir, 'keys', 'audit.key');

/** All checkpoints of the record. */
export const checkpointsFile = (dataDir: string): string => join(dataDir, 'audit', 'checkpoints');
