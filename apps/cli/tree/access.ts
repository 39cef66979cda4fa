import { Option, type Command } from 'commander';
import type { Role } from '#core/actor.ts';
import type { Lazy } from '#cli/lazy.ts';
import { collect, minutes, wholeFrom0, wholeFrom1 } from '#cli/usage/parsers.ts';
import { nounOf } from './nouns.ts';

const roles: Exclude<Role, 'worker'>[] = ['viewer', 'operator', 'approver', 'admin'];
const roleOption = (text: string): Option => new Option(`--role <${roles.join('|')}>`, text).choices(roles);
const reason = ['--reason <text>', 'why, for the record'] as const;

/** Who people are, what they may do, what they approve, lock and break. */
export function addAccessCommands(program: Command, lazy: Lazy): void {
  addPersons(program, lazy);
  addTokens(program, lazy);
  nounOf(program, 'can')
    .argument('<verb>', 'such as apply, or cluster.apply')
    .argument('[cluster]', 'on which cluster')
    .option('--as <person>', 'ask for another person')
    .action(lazy(async () => (await import('#cli/commands/access-can.ts')).can));
  const policy = nounOf(program, 'policy');
  policy
    .command('show')
    .description('show the policy that is in force')
    .action(lazy(async () => (await import('#cli/commands/access-policy.ts')).policyShow));
  policy
    .command('set')
    .description('put a whole policy in force')
    .requiredOption('-f, --file <file>', 'YAML, or - for the standard input')
    .option(...reason)
    .action(lazy(async () => (await import('#cli/commands/access-policy.ts')).policySet));
  addApprovals(program, lazy);
  addHolds(program, lazy);
  addBreakGlass(program, lazy);
}

function addPersons(program: Command, lazy: Lazy): void {
  const person = nounOf(program, 'person');
  const load = () => import('#cli/commands/persons.ts');
  person
    .command('ls')
    .alias('list')
    .description('list the people, and the role of each')
    .action(lazy(async () => (await load()).personLs));
  person
    .command('show')
    .description('show a person, with accounts elsewhere')
    .argument('<person>')
    .action(lazy(async () => (await load()).personShow));
  person
    .command('add')
    .description('add a person; make him a token afterwards')
    .argument('<name>')
    .addOption(roleOption('the most that he may do').default('viewer'))
    .action(lazy(async () => (await load()).personAdd));
  person
    .command('set')
    .description('change the role of a person, at once')
    .argument('<person>')
    .addOption(roleOption('the most that he may do').makeOptionMandatory())
    .option(...reason)
    .action(lazy(async () => (await load()).personSet));
  person
    .command('rm')
    .description('remove a person; his tokens are over at once')
    .argument('<person>')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await load()).personRm));
  person
    .command('link')
    .description('say that an account elsewhere is this person')
    .argument('<person>')
    .argument('<kind>', 'slack or ci')
    .argument('<id>', 'as the other system has it')
    .action(lazy(async () => (await load()).personLink));
  person
    .command('unlink')
    .description('say that an account elsewhere is this person no more')
    .argument('<person>')
    .argument('<kind>', 'slack or ci')
    .argument('<id>', 'as the other system has it')
    .action(lazy(async () => (await load()).personUnlink));
}

function addTokens(program: Command, lazy: Lazy): void {
  const token = nounOf(program, 'token');
  const load = () => import('#cli/commands/tokens.ts');
  token
    .command('ls')
    .alias('list')
    .description('list tokens by their public ids, with what each may do')
    .action(lazy(async () => (await load()).tokenLs));
  token
    .command('create')
    .description('make a token, for yourself or (as an admin) for others; shown this once')
    .argument('<label>', 'what it is for')
    .option('--person <person>', 'whose it is; yours without')
    .option('--worker', 'for a worker')
    .addOption(roleOption('at most what this role may do'))
    .option('-c, --cluster <pattern>', 'only for these clusters; repeat for more', collect)
    .option('--days <count>', 'how long it is good (default: 90)', wholeFrom1)
    .option('--env <word>', 'stands in the token, such as prod')
    .action(lazy(async () => (await load()).tokenCreate));
  token
    .command('roll')
    .description('make a new token in the place of an old one')
    .argument('<id>', 'public id')
    .option('--overlap <minutes>', 'how long the old one stays good (default: 60)', wholeFrom0)
    .action(lazy(async () => (await load()).tokenRoll));
  token
    .command('revoke')
    .description('end a token at once')
    .argument('<id>', 'public id')
    .option(...reason)
    .action(lazy(async () => (await load()).tokenRevoke));
}

function addApprovals(program: Command, lazy: Lazy): void {
  const load = () => import('#cli/commands/approvals.ts');
  nounOf(program, 'approvals')
    .command('ls')
    .alias('list')
    .description('list what waits for approval')
    .option('--all', 'also what is over')
    .action(lazy(async () => (await load()).approvalsLs));
  nounOf(program, 'approve')
    .argument('<plan>', "beginning of the plan's digest, operation, or id")
    .option('--confirm <name>', 'the name of the cluster, where the risk is critical')
    .option(...reason)
    .action(lazy(async () => (await load()).approve));
  nounOf(program, 'deny')
    .argument('<plan>', "beginning of the plan's digest, operation, or id")
    .requiredOption(...reason)
    .action(lazy(async () => (await load()).deny));
}

function addHolds(program: Command, lazy: Lazy): void {
  const load = () => import('#cli/commands/holds.ts');
  for (const kind of ['lock', 'freeze'] as const) {
    nounOf(program, kind)
      .argument('[cluster]', 'without one: list what is locked or frozen')
      .option('--all', 'every cluster')
      .option(...reason)
      .option('--for <time>', 'how long, such as 30m, 2h or 3d (default: 2h)', minutes)
      .option('--protects <change>', 'the change that it protects')
      .option('--take-over', "in the place of another person's; he is told")
      .action(lazy(async () => (await load()).hold(kind)));
    nounOf(program, kind === 'lock' ? 'unlock' : 'unfreeze')
      .argument('[cluster]')
      .option('--all', 'the one on every cluster')
      .option('--force', "also another person's; he is told")
      .option(...reason)
      .action(lazy(async () => (await load()).release(kind)));
  }
}

function addBreakGlass(program: Command, lazy: Lazy): void {
  const load = () => import('#cli/commands/break-glass.ts');
  const glass = nounOf(program, 'break-glass');
  glass
    .command('use')
    .description('act without approval and past a freeze, for at most an hour')
    .argument('<cluster>')
    .requiredOption('--reason <text>', 'what has happened')
    .requiredOption('--confirm <name>', 'the name of the cluster once more')
    .option('--for <time>', 'how long, at most 60m (default: 30m)', minutes)
    .action(lazy(async () => (await load()).breakGlassUse));
  glass
    .command('ls')
    .alias('list')
    .description('list who used it, and whose is to be reviewed')
    .action(lazy(async () => (await load()).breakGlassLs));
  glass
    .command('end')
    .description('give it back before its time')
    .argument('<id>')
    .action(lazy(async () => (await load()).breakGlassEnd));
  glass
    .command('review')
    .description("say what you found of another person's")
    .argument('<id>')
    .requiredOption('--note <text>', 'what you found')
    .action(lazy(async () => (await load()).breakGlassReview));
  nounOf(program, 'notices')
    .option('--all', 'also those seen before')
    .option('--keep', 'show them again the next time')
    .action(lazy(async () => (await load()).noticesShow));
}
