import type { Command } from 'commander';
import type { Lazy } from '#cli/lazy.ts';
import { nounOf } from './nouns.ts';

/** `flotilla backup` and `restore`, on the data folder of this machine. */
export function addBackupCommands(program: Command, lazy: Lazy): void {
  nounOf(program, 'backup')
    .requiredOption('--out <folder>', 'new folder to write; without the key that signs the record')
    .option('--data <dir>', 'data folder, running or not')
    .option('--keys <folder>', 'also copy that key, into a folder apart')
    .action(lazy(async () => (await import('#cli/up/backup/backup.ts')).backup));
  nounOf(program, 'restore')
    .requiredOption('--from <folder>', 'a backup')
    .option('--data <dir>', 'data folder without a database')
    .option('--keys <path>', 'the key that signed the record, or the folder with it')
    .option('--new-key', 'the key is lost: sign with a new one from here on')
    .action(lazy(async () => (await import('#cli/up/backup/restore.ts')).restore));
}
