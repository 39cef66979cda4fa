const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford base32: no i, l, o, u

/** Prefixes say what an id names; ids of one kind sort by the time of their making. */
export type IdPrefix =
  | 'op'
  | 'host'
  | 'per'
  | 'tok'
  | 'ver'
  | 'pre'
  | 'wrk'
  | 'evt'
  | 'req'
  | 'apr'
  | 'hold'
  | 'bg'
  | 'ntc'
  | 'whk'
  | 'trs'
  | 'dlv'
  | 'out'
  | 'msg';

/** A new id such as `op_01jd4…`: 48 bits of milliseconds, then 80 random bits, in base32. */
export function newId<P extends IdPrefix>(prefix: P, nowMs: number = Date.now()): `${P}_${string}` {
  let random = '';
  for (const byte of randomBytes(16)) random += alphabet.charAt(byte % 32);
  return `${firstId(prefix, nowMs)}${random}`;
}

/** Comes before every id of the kind that was made in that millisecond or later, and after all that were made before. */
export function firstId<P extends IdPrefix>(prefix: P, ms: number): `${P}_${string}` {
  let time = '';
  for (let rest = ms, digit = 0; digit < 10; digit++) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return `${prefix}_${time}`;
}

/** Random bytes that were asked for and not used yet: to ask for many at once is far cheaper than for a few each time. */
let pool = new Uint8Array(0);

function randomBytes(count: number): Uint8Array {
  if (pool.length < count) pool = crypto.getRandomValues(new Uint8Array(4096));
  const taken = pool.subarray(0, count);
  pool = pool.subarray(count);
  return taken;
}
