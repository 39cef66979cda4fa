/** What every way makes: a swarm of all hosts, h1 its manager, and one attachable overlay of this name. */
export const network = 'bench_net';
export const dataPathPort = 4789;

/** A way to form the swarm, made ready on fresh engines. */
export interface Prepared {
  /** The timed part: returns when the swarm and the network are there, by this way's own word. */
  form: () => Promise<void>;
  close: () => Promise<void>;
}
