import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

const usageCode = 2;

/** The options that a program was called with; for one that it has not, and for `--help`, it ends with how it is called. */
export function optionsOrUsage<T extends ParseArgsOptionsConfig>(usage: string, options: T) {
  if (process.argv.includes('--help')) {
    console.log(`usage: ${usage}`);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error)) throw error;
    console.error(`${error.message}\nusage: ${usage}`);
    process.exit(usageCode);
  }
}
