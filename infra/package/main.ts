import { join } from 'node:path';
import { stage } from './stage.ts';
import { tryPackage } from './try.ts';

/* `npm run package`: the context of infra/Dockerfile. `npm run package:try`: image and Compose file on an engine of the lab. */

const folder = join(import.meta.dirname, '../../dist/image');
stage(folder);
console.log(`package: ${folder}`);
if (process.argv[2] === 'try') await tryPackage(folder);
