/** Words of other tools and of tired people, and what they mean here. */
export const otherWords: Record<string, string[]> = {
  init: ['cluster create', 'apply'],
  join: ['node add'],
  leave: ['node rm'],
  ping: ['verify', 'host probe'],
  test: ['verify'],
  check: ['verify'],
  log: ['service logs', 'container logs', 'audit ls', 'ops show'],
  history: ['audit ls', 'ops ls'],
  deploy: ['apply', 'stack deploy'],
  start: ['up'],
  serve: ['up'],
  server: ['up'],
  diff: ['plan'],
  watch: ['ops watch'],
  cancel: ['ops cancel'],
  retry: ['ops retry'],
  login: ['whoami'],
  undo: ['rollback'],
  revert: ['rollback'],
  nodes: ['cluster show', 'node add'],
  ls: ['cluster ls', 'host ls', 'ops ls'],
  list: ['cluster ls', 'host ls', 'ops ls'],
};

/** Verbs that Docker's own command line has, or that people look for, behind a noun. */
export const otherVerbs: Record<string, string> = {
  'service scale': 'service update NAME --replicas 5',
  'service inspect': 'service ps NAME',
  'service set': 'service update NAME',
  'node drain': 'node set HOST --availability drain',
  'node pause': 'node set HOST --availability pause',
  'node activate': 'node set HOST --availability active',
  'node promote': 'node set HOST --role manager',
  'node demote': 'node set HOST --role worker',
  'node update': 'node set HOST',
  'node ps': 'ps',
  'node inspect': 'host show HOST',
  'container create': 'container run NAME',
  'container ps': 'ps',
  'stack ps': 'ps',
  'stack logs': 'service logs STACK_SERVICE',
  'node logs': 'service logs NAME',
  'stack services': 'service ls',
  'stack up': 'stack deploy NAME --compose FILE',
  'cluster status': 'ps',
  'cluster history': 'cluster revisions',
  'revision ls': 'cluster revisions',
  'revisions ls': 'cluster revisions',
};

/** First words of which only two things can be meant. */
const otherNouns: Record<string, string> = { logs: 'service logs NAME, or flotilla container logs NAME' };

const commandsShown = 4;

/** What a verb of other tools is called here, in words that are without doubt. */
export const ownVerb = ([noun = '', verb = '']: string[]): string | undefined =>
  own(otherVerbs, `${noun} ${verb}`) ?? own(otherNouns, noun);

const own = (table: Record<string, string>, word: string): string | undefined =>
  Object.hasOwn(table, word.toLowerCase()) ? table[word.toLowerCase()] : undefined;

/**
 * Commands that were perhaps meant, best first, for words of which the first names no command.
 * @param words what was typed, without flags
 * @param paths every command as people type it, such as `host add`
 */
export function suggest(words: string[], paths: string[]): string[] {
  const [first = '', second = ''] = words.map((word) => word.toLowerCase());
  const swapped = paths.filter((path) => path === `${second} ${first}`);
  const singular = paths.filter(
    (path) => path.split(' ')[0] === first.replace(/s$/, '') && (second === '' || path.split(' ')[1] === second),
  );
  // Both words in the other order are clear enough.
  const asVerb = swapped.length > 0 ? [] : paths.filter((path) => path.split(' ')[1] === first);
  const meant = otherWords[first] ?? [];
  return [...new Set([...swapped, ...singular, ...meant, ...asVerb])].slice(0, commandsShown);
}
