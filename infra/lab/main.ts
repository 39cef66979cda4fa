import { reasonOf } from '#core/log.ts';
import { commands } from './cli/commands.ts';
import { usage } from './cli/usage.ts';
import { LabRefusal } from './types.ts';

/** `npm run lab -- VERB …`: exit code 0 done, 1 failed, 2 refused with one sentence that says what to do. */
async function main([verb = 'help', ...args]: string[]): Promise<number> {
  const command = commands[verb.replace(/^(--help|-h)$/, 'help')];
  if (command === undefined) throw new LabRefusal(`There is no "${verb}": see npm run lab -- help.`);
  if (verb !== 'ssh' && (args.includes('--help') || args.includes('-h'))) return commandHelp(verb);
  return command(args);
}

function commandHelp(verb: string): number {
  console.log(usage(verb === 'fault' ? 'fault' : 'all'));
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // parseArgs throws TypeErrors whose text is meant for people.
  const isRefusal = error instanceof LabRefusal || (error instanceof TypeError && 'code' in error);
  console.error(`lab: ${reasonOf(error)}`);
  process.exitCode = isRefusal ? 2 : 1;
}
