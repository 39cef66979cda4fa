import { Option } from 'commander';

/** For commands that read Compose files. */
export const envFileOption = (): Option =>
  new Option('--env-file <file>', 'variables of Compose files that the environment does not have, as NAME=value lines');
