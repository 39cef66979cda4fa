import { expect, test } from 'vitest';
import { commandLine, dockerAccessScript, factScript, sudoCommand, sudoPasswordCommand } from './command.ts';

test.each([
  [['docker', 'system', 'dial-stdio'], 'docker system dial-stdio'],
  [['echo', 'two words'], "echo 'two words'"],
  [['echo', "it's"], "echo 'it'\\''s'"],
  [['echo', ''], "echo ''"],
  [['echo', '$(reboot)', '`reboot`', '; reboot', '&'], "echo '$(reboot)' '`reboot`' '; reboot' '&'"],
  [['echo', 'a\nb', '\\', '*', '~', '!', '#'], "echo 'a\nb' '\\' '*' '~' '!' '#'"],
  [['--host', 'unix:///run/docker.sock', 'a=b,c@d%e+f:g-h_i'], '--host unix:///run/docker.sock a=b,c@d%e+f:g-h_i'],
])('%j is quoted as %s', (argv, line) => {
  expect(commandLine(argv)).toBe(line);
});

test('what no shell could pass on is refused', () => {
  expect(() => commandLine([])).toThrow('needs a program');
  expect(() => commandLine(['echo', 'a\0b'])).toThrow('NUL');
});

test('scripts take their arguments as arguments and never as text', () => {
  const nasty = '$(reboot)';
  for (const { argv, stdin } of [dockerAccessScript(nasty), factScript([nasty])]) {
    expect(argv).toEqual(['sh', '-s', '--', nasty]);
    expect(stdin).not.toContain(nasty);
    expect(stdin).toMatch(/main "\$@" <\/dev\/null 2>\/dev\/null\n$/);
  }
});

test('sudo gets the command behind a double dash', () => {
  expect(sudoCommand(['docker', 'x'])).toEqual(['sudo', '-n', '--', 'docker', 'x']);
  expect(sudoPasswordCommand(['docker'], 'ask:', 'ready')).toEqual([
    'sudo',
    '-k',
    '-S',
    '-p',
    'ask:',
    '--',
    'sh',
    '-c',
    'echo "$0" >&2; exec "$@"',
    'ready',
    'docker',
  ]);
});
