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
  | 'dlv'
  | 'out'
  | 'msg';

/** A new id such as `op_01jd4…`: 48 bits of milliseconds, then 80 random bits, in base32. */
export function newId<P extends IdPrefix>(prefix: P, nowMs: number = Date.now()): `${P}_${string}` {
  let time = '';
  for (let rest = nowMs, digit = 0; digit < 10; digit++) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  const random = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => alphabet.charAt(byte % 32));
  return `${prefix}_${time}${random.join('')}`;
}
