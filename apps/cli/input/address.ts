import { AppError } from '#core/errors.ts';

export interface SshAddress {
  address: string;
  user?: string;
  port?: number;
}

const form = /^(?:([^@\s]+)@)?(?:\[([^\]\s]+)\]|([^\s[\]@:]+))(?::(\d{1,5}))?$/;

/**
 * `root@10.0.0.11:2222`, `h1.example`, `admin@[2001:db8::1]:22`, `2001:db8::1` in its parts.
 * @throws AppError `invalid_input`
 */
export function parseAddress(text: string): SshAddress {
  // Several colons without brackets: an IPv6 address, which has no port.
  const bare = /^(?:([^@\s]+)@)?([0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/.exec(text);
  const [, user, bracketed, plain, port] = bare === null ? (form.exec(text) ?? []) : [text, bare[1], bare[2]];
  const address = bracketed ?? plain;
  if (address === undefined || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)))
    throw new AppError('invalid_input', `${text} is not an address`, {
      done: 'Nothing was sent.',
      next: 'Write it as [user@]address[:port], such as root@10.0.0.11 or admin@[2001:db8::1]:2222.',
    });
  return { address, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) };
}
