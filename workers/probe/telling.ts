/**
 * Stands before the prober in an exec that nobody listens to, and tells its output in the container's log. Each piece
 * becomes a line of its own under this run's token, shorter than what a pipe takes whole, since several may be at it.
 * The last line says how many there are: without it, or with fewer, the output is not whole. Ends as the prober does; 97
 * and 98: it could not tell.
 */
const teller = `
  my ($to, $token) = splice @ARGV, 0, 2;
  open my $log, '>>', $to or exit 97;
  open my $said, '-|', @ARGV or exit 127;
  my $count = 0;
  while (sysread $said, my $piece, 1200) {
    $piece =~ s/([^ -\\$&-~])/sprintf '%%%02x', ord $1/ge;
    syswrite $log, "$token $piece\\n" or exit 98;
    $count++;
  }
  close $said;
  my $code = $? >> 8 || $? & 127;
  syswrite $log, "$token. $count\\n" or exit 98;
  exit $code;
`;

/** What a container's first process writes to, and so its log. */
const firstOutput = '/proc/1/fd/1';

/** The command of an exec that tells the output of `argv` under the token, a word without blanks. */
export const tellingCommand = (token: string, argv: readonly string[], to = firstOutput): string[] => [
  '/usr/bin/perl',
  '-e',
  teller,
  to,
  token,
  ...argv,
];

/** What a run has told so far in a log, as it was written; `isWhole` once it has told all. */
export function toldIn(log: string, token: string): { text: string; isWhole: boolean } {
  const lines = log.split('\n');
  const pieces = lines.filter((line) => line.startsWith(`${token} `)).map((line) => line.slice(token.length + 1));
  const bytes = pieces
    .join('')
    .replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return { text: Buffer.from(bytes, 'latin1').toString('utf8'), isWhole: lines.includes(`${token}. ${pieces.length}`) };
}
