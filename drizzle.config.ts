import { defineConfig } from 'drizzle-kit';

/** `drizzle-kit generate` compares the schema with the last snapshot and writes the next migration; it opens no database. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './db/schema/index.ts',
  out: './db/migrations',
});
