import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { causePages } from './cause-pages.ts';
import { envExample } from './env-example.ts';

/* `npm run docs`: writes docs/causes from the catalogue (a page whose cause is gone goes as well), and .env.example. */

const folder = join(import.meta.dirname, '../../docs/causes');
const pages = causePages();
await mkdir(folder, { recursive: true });
const stale = (await readdir(folder)).filter((name) => !pages.has(name));
await Promise.all(stale.map((name) => rm(join(folder, name))));
await Promise.all([...pages].map(([name, text]) => writeFile(join(folder, name), text)));
console.log(`docs/causes: ${pages.size - 1} causes`);

await writeFile(join(import.meta.dirname, '../../.env.example'), envExample());
console.log('.env.example: every setting');
