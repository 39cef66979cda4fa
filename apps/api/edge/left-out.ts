/* In the place of packages that Bolt asks for and the edge never uses (wrangler.toml, [alias]). */

const leftOut = (): never => {
  throw new Error('This part of Bolt is left out at the edge.');
};

export function SocketModeClient(): never {
  return leftOut();
}

export function InstallProvider(): never {
  return leftOut();
}
