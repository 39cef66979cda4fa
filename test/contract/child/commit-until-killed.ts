import { openStore } from '#db/better-sqlite3.ts';
import { addHost, eventOf } from '../rows.ts';

/** Commits to the database named as its argument, eight at a time, and writes a line for each that has resolved. */
const store = openStore({ path: process.argv[2] ?? '', now: Date.now });
const from = (await store.head()).sequence;

await Promise.all(
  Array.from({ length: 8 }, async (_, lane) => {
    for (let index = lane; ; index += 8) {
      const name = `h${from}-${index}`;
      const { sequences } = await store.commit({ changes: [addHost(name)], events: [eventOf(name)] });
      process.stdout.write(`${JSON.stringify({ name, sequence: sequences[0] })}\n`);
    }
  }),
);
