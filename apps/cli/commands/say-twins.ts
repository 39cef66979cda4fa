import { twinSentences, twinsOf } from '#core/twins.ts';
import type { HostView } from '#core/wire.ts';
import type { Api } from '#cli/api.ts';
import { hang } from '#cli/output/width.ts';
import type { Session } from '#cli/session.ts';
import { pages } from './pages.ts';

/** Enough to find a second name among. */
const lookedAtMax = 2000;

/** Says, beside the result, that the host is one that is there under another name, or a copy of it. */
export async function sayTwins({ err, flags }: Session, { client, ask }: Api, host: HostView): Promise<void> {
  if (flags.quiet === true) return;
  const { items } = await pages(lookedAtMax, (query) => ask(client.v1.hosts.$get({ query })));
  const width = err.columns();
  const [what, ...rest] = twinSentences(host.name, twinsOf(host, items));
  if (what === undefined) return;
  const lines = [...hang(`${err.paint.yellow('!')} `, what, width), ...rest.flatMap((text) => hang('  ', text, width))];
  err.write(`${lines.join('\n')}\n`);
}
